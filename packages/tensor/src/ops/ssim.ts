/**
 * Structural similarity of two images with values 0..1.
 * Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment" (IEEE TIP 13, 2004), eq. 13: gaussian window 11×11
 * with σ = 1.5, C1 = 0.01², C2 = 0.03², population variances, positions where the whole window lies inside.
 */
import { type FloatTensor, sizeOf } from '../tensor.ts'
import { assertSameShape } from './same-shape.ts'

const radius = 5
const weights = gaussianWeights(1.5)

/**
 * Mean SSIM over positions, channels and images, in float64; 1 for equal images.
 * @param a - `[…, H, W, C]`, values 0..1
 * @throws RangeError when the shapes differ or an image is smaller than the window of 11 × 11.
 */
export function ssim(a: FloatTensor, b: FloatTensor): number {
  assertSameShape('ssim', a, b)
  const [height = 0, width = 0, channels = 0] = a.shape.slice(-3)
  if (a.shape.length < 3 || height <= 2 * radius || width <= 2 * radius) {
    throw new RangeError(`ssim: [${a.shape.join(', ')}] is no image [H, W, C] of at least 11 × 11`)
  }
  const images = sizeOf(a.shape.slice(0, -3))
  const size = height * width * channels
  let sum = 0
  for (let image = 0; image < images; image++) {
    const from = image * size
    for (let channel = 0; channel < channels; channel++) {
      const planeOf = ({ data }: FloatTensor): Float64Array =>
        Float64Array.from({ length: height * width }, (_, i) => data[from + i * channels + channel]!)
      sum += planeSimilarity(planeOf(a), planeOf(b), width)
    }
  }
  return sum / (images * channels)
}

function planeSimilarity(x: Float64Array, y: Float64Array, width: number): number {
  const product = (p: Float64Array, q: Float64Array): Float64Array => p.map((value, i) => value * q[i]!)
  const meanX = blur(x, width)
  const meanY = blur(y, width)
  const meanXX = blur(product(x, x), width)
  const meanYY = blur(product(y, y), width)
  const meanXY = blur(product(x, y), width)
  const c1 = 0.01 ** 2
  const c2 = 0.03 ** 2
  let sum = 0
  for (let i = 0; i < meanX.length; i++) {
    const mx = meanX[i]!
    const my = meanY[i]!
    const luminance = (2 * mx * my + c1) / (mx * mx + my * my + c1)
    const covariance = meanXY[i]! - mx * my
    const variances = meanXX[i]! - mx * mx + (meanYY[i]! - my * my)
    sum += (luminance * (2 * covariance + c2)) / (variances + c2)
  }
  return sum / meanX.length
}

/** The window's weighted mean at every position where it lies inside: [H, W] → [H - 10, W - 10]. */
function blur(plane: Float64Array, width: number): Float64Array {
  const height = plane.length / width
  const across = width - 2 * radius
  const down = height - 2 * radius
  const rows = new Float64Array(height * across) // [H, W - 10]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * plane[y * width + x + k]!
      rows[y * across + x] = sum
    }
  }
  const result = new Float64Array(down * across) // [H - 10, W - 10]
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * rows[(y + k) * across + x]!
      result[y * across + x] = sum
    }
  }
  return result
}

function gaussianWeights(sigma: number): readonly number[] {
  const bell = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const total = bell.reduce((sum, height) => sum + height, 0)
  return bell.map((height) => height / total)
}
