/** A grey picture of a latent of which no colours are known: its pixels along the direction in which they differ most. */
import type { FloatTensor } from '@dicache/tensor'
import type { LatentMap } from './latent-map.ts'

/** A map, and the direction it was made with, for the next picture of the same run. */
export type PrincipalMap = { readonly map: LatentMap; readonly direction: readonly number[] }

const ROUNDS = 24
/** Greys span this many standard deviations to each side of the mean. */
const DEVIATIONS = 2

/**
 * The map of a latent `[B, C, H, W]` (the first of a batch). `before` keeps light and dark as they were in the picture
 * before: which side is light, nothing tells. Undefined for a latent that has no such picture.
 */
export function principalMap(latent: FloatTensor, before?: readonly number[]): PrincipalMap | undefined {
  const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape
  const area = height * width
  if (latent.shape.length !== 4 || batch < 1 || channels < 1 || area < 1) return undefined
  const means = Array.from({ length: channels }, (_, c) => {
    let sum = 0
    for (let at = 0; at < area; at += 1) sum += latent.data[c * area + at] ?? 0
    return sum / area
  })
  const covariance = means.map((meanA, a) =>
    means.map((meanB, b) => {
      let sum = 0
      for (let at = 0; at < area; at += 1)
        sum += ((latent.data[a * area + at] ?? 0) - meanA) * ((latent.data[b * area + at] ?? 0) - meanB)
      return sum / area
    }),
  )
  // From where it was, so that it turns slowly; at first from the channel that differs most.
  const most = covariance.reduce(
    (best, row, c) => ((row[c] ?? 0) > (covariance[best]?.[best] ?? 0) ? c : best),
    0,
  )
  let direction = before ?? covariance[most] ?? []
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = covariance.map((row) => dot(row, direction))
    const length = Math.sqrt(dot(next, next))
    if (!(length > 0) || !Number.isFinite(length)) return undefined
    direction = next.map((value) => value / length)
  }
  const variance = dot(
    covariance.map((row) => dot(row, direction)),
    direction,
  )
  if (!(variance > 0)) return undefined
  const gain = 0.5 / (DEVIATIONS * Math.sqrt(variance))
  const middle = 0.5 - gain * dot(means, direction)
  return {
    direction,
    map: {
      factors: direction.map((value) => [value * gain, value * gain, value * gain] as const),
      bias: [middle, middle, middle],
    },
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
}
