/** FLUX's tokens: 2 × 2 latent pixels, ordered channel, row, column inside a token. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'

/** [B, C, H, W] with even H and W → [B, (H/2)·(W/2), 4·C]. */
export function packLatent(latent: FloatTensor): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape
  const tokens = floatTensor([batch, (height / 2) * (width / 2), channels * 4])
  const from = latent.data
  const to = tokens.data
  eachRow(latent.shape, (row, first, step) => {
    for (let pair = 0, place = first; pair < width; pair += 2, place += step) {
      to[place] = from[row + pair] ?? 0
      to[place + 1] = from[row + pair + 1] ?? 0
    }
  })
  return tokens
}

/** [B, (H/2)·(W/2), 4·C] → [B, C, H, W]. */
export function unpackLatent(tokens: FloatTensor, latentShape: readonly number[]): FloatTensor {
  const [, channels = 0, height = 0, width = 0] = latentShape
  const latent = floatTensor([tokens.shape[0] ?? 0, channels, height, width])
  const from = tokens.data
  const to = latent.data
  eachRow(latent.shape, (row, first, step) => {
    for (let pair = 0, place = first; pair < width; pair += 2, place += step) {
      to[row + pair] = from[place] ?? 0
      to[row + pair + 1] = from[place + 1] ?? 0
    }
  })
  return latent
}

/** Visits the rows of [B, C, H, W]: where a row begins, where its first pair of pixels lies among the tokens, and how far the next pair is. */
function eachRow(shape: readonly number[], visit: (row: number, first: number, step: number) => void): void {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  const perToken = channels * 4
  for (let plane = 0; plane < batch * channels; plane += 1) {
    const sample = Math.floor(plane / channels) * (height / 2) * (width / 2) * perToken
    const channel = (plane % channels) * 4
    for (let y = 0; y < height; y += 1) {
      const line = (y >> 1) * (width / 2) * perToken
      visit((plane * height + y) * width, sample + line + channel + (y & 1) * 2, perToken)
    }
  }
}
