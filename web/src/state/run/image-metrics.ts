/** How far two pictures are apart: PSNR and SSIM of their 8-bit RGB, and where they differ. */

/** RGBA bytes, row by row. */
export type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }

/** Peak signal-to-noise ratio in dB over R, G and B; infinite for equal pictures. */
export function psnr(a: Pixels, b: Pixels): number {
  let sum = 0
  const pixels = a.width * a.height
  for (let at = 0; at < pixels * 4; at++) {
    if (at % 4 === 3) continue
    const difference = (a.data[at] ?? 0) - (b.data[at] ?? 0)
    sum += difference * difference
  }
  const mse = sum / (pixels * 3)
  return mse === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255) / mse)
}

const WINDOW = 8
const C1 = (0.01 * 255) ** 2
const C2 = (0.03 * 255) ** 2

/** Mean structural similarity of the luma over windows of 8×8 (4 pixels apart), −1..1. */
export function ssim(a: Pixels, b: Pixels): number {
  const left = luma(a)
  const right = luma(b)
  const window = Math.min(WINDOW, a.width, a.height)
  let sum = 0
  let count = 0
  for (let y = 0; y + window <= a.height; y += 4) {
    for (let x = 0; x + window <= a.width; x += 4) {
      sum += similarity(left, right, { x, y, window, width: a.width })
      count++
    }
  }
  return count === 0 ? 1 : sum / count
}

type Place = { readonly x: number; readonly y: number; readonly window: number; readonly width: number }

function similarity(a: Float32Array, b: Float32Array, { x, y, window, width }: Place): number {
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0]
  for (let row = y; row < y + window; row++) {
    for (let at = row * width + x; at < row * width + x + window; at++) {
      const p = a[at] ?? 0
      const q = b[at] ?? 0
      sumA += p
      sumB += q
      sumAA += p * p
      sumBB += q * q
      sumAB += p * q
    }
  }
  const n = window * window
  const meanA = sumA / n
  const meanB = sumB / n
  const varianceA = sumAA / n - meanA * meanA
  const varianceB = sumBB / n - meanB * meanB
  const covariance = sumAB / n - meanA * meanB
  return (
    ((2 * meanA * meanB + C1) * (2 * covariance + C2)) /
    ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2))
  )
}

function luma({ width, height, data }: Pixels): Float32Array {
  const out = new Float32Array(width * height)
  for (let at = 0; at < out.length; at++) {
    out[at] = 0.299 * (data[at * 4] ?? 0) + 0.587 * (data[at * 4 + 1] ?? 0) + 0.114 * (data[at * 4 + 2] ?? 0)
  }
  return out
}

/** The absolute difference, brightened. */
export function difference(a: Pixels, b: Pixels, gain: number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(a.width * a.height * 4)
  for (let at = 0; at < out.length; at++) {
    out[at] = at % 4 === 3 ? 255 : Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) * gain
  }
  return out
}
