/** Scaling that turns vectors instead of mixing them: lengths are mixed, directions turned. For latents. */
import { type FloatTensor, floatTensor } from '../tensor.ts'
import type { PlaneSize } from './resize.ts'

/** Directions that are nearer than this, or as far from opposite, are not turned. */
const NEAR = 1e-5

/**
 * Scales the plane of latents, channels being the vectors.
 * @param a - `[B, C, H, W]`
 * @throws RangeError for another rank.
 */
export function bislerpPlane(a: FloatTensor, { height, width }: PlaneSize): FloatTensor {
  if (a.shape.length !== 4) throw new RangeError(`bislerpPlane: [${a.shape.join(', ')}] is no [B, C, H, W]`)
  return bislerpAlong(bislerpAlong(a, 3, width), 2, height)
}

function bislerpAlong(a: FloatTensor, axis: 2 | 3, to: number): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = a.shape
  const from = axis === 2 ? height : width
  const others = axis === 2 ? width : height
  const result = floatTensor(a.shape.with(axis, to))
  const oldPlane = height * width
  const newPlane = to * others
  const step = axis === 2 ? width : 1
  const toStep = axis === 2 ? width : 1
  for (let out = 0; out < to; out++) {
    const at = Math.min(Math.max(0, Math.fround(Math.fround((from / to) * (out + 0.5)) - 0.5)), from - 1)
    const first = Math.floor(at)
    const ratio = at - first
    const second = Math.min(first + 1, from - 1)
    for (let other = 0; other < others; other++) {
      const start = axis === 2 ? other : other * width
      const toStart = axis === 2 ? other : other * to
      for (let b = 0; b < batch; b++) {
        const source = b * channels * oldPlane + start
        const target = b * channels * newPlane + toStart + out * toStep
        const [one, two] = [source + first * step, source + second * step]
        const [v, w] = weights(a.data, { one, two, stride: oldPlane, channels, ratio })
        for (let c = 0; c < channels; c++) {
          result.data[target + c * newPlane] =
            v * a.data[one + c * oldPlane]! + w * a.data[two + c * oldPlane]!
        }
      }
    }
  }
  return result
}

type Pair = {
  readonly one: number
  readonly two: number
  readonly stride: number
  readonly channels: number
  readonly ratio: number
}

/** How much of the two vectors the turned one is. */
function weights(data: Float32Array, { one, two, stride, channels, ratio }: Pair): readonly [number, number] {
  let [lengthOne, lengthTwo, dot] = [0, 0, 0]
  for (let c = 0; c < channels; c++) {
    const [v, w] = [data[one + c * stride]!, data[two + c * stride]!]
    lengthOne += v * v
    lengthTwo += w * w
    dot += v * w
  }
  lengthOne = Math.sqrt(lengthOne)
  lengthTwo = Math.sqrt(lengthTwo)
  const cosine = lengthOne === 0 || lengthTwo === 0 ? 0 : dot / (lengthOne * lengthTwo)
  if (cosine > 1 - NEAR) return [1, 0]
  if (cosine < NEAR - 1) return [1 - ratio, ratio]
  const angle = Math.acos(cosine)
  const length = lengthOne * (1 - ratio) + lengthTwo * ratio
  const part = (share: number, own: number): number =>
    own === 0 ? 0 : (Math.sin(share * angle) / Math.sin(angle) / own) * length
  return [part(1 - ratio, lengthOne), part(ratio, lengthTwo)]
}
