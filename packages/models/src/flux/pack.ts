/** FLUX's tokens: 2 × 2 latent pixels, ordered channel, row, column inside a token. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'

/** [B, C, H, W] with even H and W → [B, (H/2)·(W/2), 4·C]. */
export function packLatent(latent: FloatTensor): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape
  const tokens = floatTensor([batch, (height / 2) * (width / 2), channels * 4])
  for (let row = 0; row < batch * channels * height; row += 1)
    packRow(tokens.data, latent.data, rowPlace(latent.shape, row))
  return tokens
}

/** [B, (H/2)·(W/2), 4·C] → [B, C, H, W]. */
export function unpackLatent(tokens: FloatTensor, latentShape: readonly number[]): FloatTensor {
  const [, channels = 0, height = 0, width = 0] = latentShape
  const latent = floatTensor([tokens.shape[0] ?? 0, channels, height, width])
  for (let row = 0; row < (tokens.shape[0] ?? 0) * channels * height; row += 1)
    unpackRow(latent.data, tokens.data, rowPlace(latent.shape, row))
  return latent
}

/** Where a row of pixels begins and ends, where its first pair lies among the tokens, and how far the next pair is. */
type RowPlace = {
  readonly from: number
  readonly to: number
  readonly first: number
  readonly step: number
}

/** The `row`-th row of [B, C, H, W], counted through all planes. */
function rowPlace(shape: readonly number[], row: number): RowPlace {
  const [, channels = 0, height = 0, width = 0] = shape
  const step = channels * 4
  const plane = Math.floor(row / height)
  const y = row % height
  const sample = Math.floor(plane / channels) * (height / 2) * (width / 2) * step
  const line = (y >> 1) * (width / 2) * step
  const first = sample + line + (plane % channels) * 4 + (y & 1) * 2
  return { from: row * width, to: (row + 1) * width, first, step }
}

function packRow(tokens: Float32Array, pixels: Float32Array, { from, to, first, step }: RowPlace): void {
  for (let pixel = from, place = first; pixel < to; pixel += 2, place += step) {
    tokens[place] = pixels[pixel] ?? 0
    tokens[place + 1] = pixels[pixel + 1] ?? 0
  }
}

function unpackRow(pixels: Float32Array, tokens: Float32Array, { from, to, first, step }: RowPlace): void {
  for (let pixel = from, place = first; pixel < to; pixel += 2, place += step) {
    pixels[pixel] = tokens[place] ?? 0
    pixels[pixel + 1] = tokens[place + 1] ?? 0
  }
}
