/**
 * Fits the linear map from latents to colours to what a decoder made of latents: least squares by the normal equations,
 * whose sums grow with every picture and stay as small as they are.
 */
import { solveLinear } from '@dicache/diffusion'
import type { FloatTensor } from '@dicache/tensor'
import type { LatentMap } from './latent-map.ts'

/** Sums over latent pixels, each a row of C channels and a 1, and the colour of the picture under it. */
export type LatentSums = {
  /** C */
  readonly channels: number
  /** How many pixels; halved with everything else when they get many, so that old pictures fade. */
  readonly pixels: number
  /** rowᵀ · row: (C + 1)², row by row. */
  readonly products: readonly number[]
  /** rowᵀ · colour: (C + 1) × 3, row by row. */
  readonly colours: readonly number[]
}

/** Beyond this many pixels the earlier ones lose weight. */
const MAX_PIXELS = 2 ** 20
/** Pictures of a batch that are looked at. */
const MAX_PICTURES = 4
/** Pulls factors that a few pixels do not determine to 0; per pixel, beside channels of variance 1. */
const RIDGE = 0.03
/** Fewer pixels an unknown determine nothing. */
const PIXELS_AN_UNKNOWN = 2

export function noSums(channels: number): LatentSums {
  const size = channels + 1
  return {
    channels,
    pixels: 0,
    products: Array.from({ length: size * size }, () => 0),
    colours: Array.from({ length: size * 3 }, () => 0),
  }
}

/**
 * Adds what a decoder made of a latent: `[B, C, H, W]` and `[B, H·s, W·s, ≥3]`, 0..1. Pixels that are no number are left
 * out; undefined where the two do not belong together.
 */
export function addPicture(
  sums: LatentSums,
  latent: FloatTensor,
  image: FloatTensor,
): LatentSums | undefined {
  const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape
  const [pictures = 0, tall = 0, , depth = 0] = image.shape
  const scale = tall / height
  const fits =
    latent.shape.length === 4 &&
    image.shape.length === 4 &&
    channels === sums.channels &&
    pictures === batch &&
    depth >= 3 &&
    Number.isInteger(scale) &&
    image.shape[2] === width * scale
  if (!fits) return undefined
  const size = channels + 1
  const products = Float64Array.from(sums.products)
  const colours = Float64Array.from(sums.colours)
  const row = new Float64Array(size)
  let { pixels } = sums
  for (let picture = 0; picture < Math.min(batch, MAX_PICTURES); picture += 1) {
    const means = meanColours(image, picture, scale)
    for (let at = 0; at < height * width; at += 1) {
      row[channels] = 1
      let isNumber = true
      for (let c = 0; c < channels; c += 1) {
        const value = latent.data[(picture * channels + c) * height * width + at] ?? 0
        row[c] = value
        isNumber &&= Number.isFinite(value)
      }
      const colour = means.subarray(at * 3, at * 3 + 3)
      if (!isNumber || !colour.every(Number.isFinite)) continue
      pixels += 1
      for (let i = 0; i < size; i += 1) {
        const value = row[i] ?? 0
        for (let j = 0; j < size; j += 1)
          products[i * size + j] = (products[i * size + j] ?? 0) + value * (row[j] ?? 0)
        for (let c = 0; c < 3; c += 1)
          colours[i * 3 + c] = (colours[i * 3 + c] ?? 0) + value * (colour[c] ?? 0)
      }
    }
  }
  const fade = pixels > MAX_PIXELS ? 0.5 : 1
  return {
    channels,
    pixels: pixels * fade,
    products: Array.from(products, (sum) => sum * fade),
    colours: Array.from(colours, (sum) => sum * fade),
  }
}

/** The map that fits best; undefined while there are too few pixels to tell. */
export function solveMap({ channels, pixels, products, colours }: LatentSums): LatentMap | undefined {
  const size = channels + 1
  if (pixels < size * PIXELS_AN_UNKNOWN) return undefined
  const matrix = Array.from({ length: size }, (_, row) =>
    products
      .slice(row * size, (row + 1) * size)
      .map((sum, column) => (row === column && row < channels ? sum + RIDGE * pixels : sum)),
  )
  const [red, green, blue] = [0, 1, 2].map((colour) =>
    solveLinear(
      matrix,
      Array.from({ length: size }, (_, row) => colours[row * 3 + colour] ?? 0),
    ),
  )
  const rows = Array.from(
    { length: size },
    (_, at) => [red?.[at] ?? 0, green?.[at] ?? 0, blue?.[at] ?? 0] as const,
  )
  if (!rows.flat().every(Number.isFinite)) return undefined
  const bias = rows.pop() ?? [0, 0, 0]
  return { factors: rows, bias }
}

/** The mean colour of the picture under each latent pixel: [H · W · 3]. */
function meanColours(image: FloatTensor, picture: number, scale: number): Float64Array {
  const [, tall = 0, wide = 0, depth = 0] = image.shape
  const width = wide / scale
  const means = new Float64Array((tall / scale) * width * 3)
  for (let y = 0; y < tall; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      const from = ((picture * tall + y) * wide + x) * depth
      const to = (Math.floor(y / scale) * width + Math.floor(x / scale)) * 3
      for (let c = 0; c < 3; c += 1)
        means[to + c] = (means[to + c] ?? 0) + (image.data[from + c] ?? 0) / scale ** 2
    }
  }
  return means
}
