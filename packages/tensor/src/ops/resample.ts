/** Resampling along one axis: every output is a weighted sum of inputs. */

/** Which inputs an output takes, and how much of each. */
export type Taps = { readonly indices: readonly number[]; readonly weights: readonly number[] }

/** Numbers of one array kind in, the same kind out. */
type Values = Float32Array | Uint8Array

/** An array seen as `[outer, length, inner]`, to be resampled along the middle. */
export type Axis = { readonly outer: number; readonly length: number; readonly inner: number }

/**
 * Resamples into `target`, `[outer, taps.length, inner]`.
 * @param finish what becomes of each sum, such as rounding; by default nothing
 */
export function resampleInto<T extends Values>(
  target: T,
  source: T,
  { outer, length, inner }: Axis,
  { taps, finish }: { readonly taps: readonly Taps[]; readonly finish?: (sum: number) => number },
): T {
  let to = 0
  for (let block = 0; block < outer; block += 1) {
    const start = block * length * inner
    for (const { indices, weights } of taps) {
      const offsets = indices.map((index) => start + index * inner)
      for (let i = 0; i < inner; i += 1) {
        let sum = 0
        for (let k = 0; k < offsets.length; k += 1) {
          sum += (weights[k] ?? 0) * (source[(offsets[k] ?? 0) + i] ?? 0)
        }
        target[to + i] = finish === undefined ? sum : finish(sum)
      }
      to += inner
    }
  }
  return target
}
