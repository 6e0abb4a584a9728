/** T5's relative positions: which of the buckets the distance between two tokens falls into. */
import type { TensorOf } from '@dicache/tensor'

/** What the buckets depend on besides the length. */
export type BucketSizes = { readonly buckets: number; readonly maxDistance: number }

/**
 * Bucket of key − query for every pair: int32 [length (query), length (key)], values 0 .. buckets − 1. Half of the buckets are for later
 * keys; of each half, half are exact distances and the rest grow logarithmically up to `maxDistance`. Raffel et al. 2020, section 2.1.
 */
export function relativeBuckets(length: number, sizes: BucketSizes): TensorOf<'int32'> {
  const byDistance = Array.from({ length: 2 * length - 1 }, (_, n) => bucketOf(n - (length - 1), sizes))
  const data = new Int32Array(length * length)
  for (let query = 0; query < length; query += 1) {
    data.set(byDistance.slice(length - 1 - query, 2 * length - 1 - query), query * length)
  }
  return { dtype: 'int32', shape: [length, length], data }
}

function bucketOf(relative: number, { buckets, maxDistance }: BucketSizes): number {
  const half = buckets / 2
  const exact = half / 2
  const side = relative > 0 ? half : 0
  const distance = Math.abs(relative)
  if (distance < exact) return side + distance
  // The references take this logarithm in float32; at powers of the ratio the rounding decides.
  const f = Math.fround
  const ratio = f(f(Math.log(f(distance / exact))) / f(Math.log(maxDistance / exact)))
  return side + Math.min(exact + Math.trunc(f(ratio * (half - exact))), half - 1)
}
