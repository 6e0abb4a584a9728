/** FLUX's tokens: 2 × 2 latent pixels, ordered channel, row, column inside a token. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'

/** [B, C, H, W] with even H and W → [B, (H/2)·(W/2), 4·C]. */
export function packLatent(latent: FloatTensor): FloatTensor {
  const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape
  const tokens = floatTensor([batch, (height / 2) * (width / 2), channels * 4])
  eachPixel({ batch, channels, height, width }, (pixel, place) => {
    tokens.data[place] = latent.data[pixel] ?? 0
  })
  return tokens
}

/** [B, (H/2)·(W/2), 4·C] → [B, C, H, W]. */
export function unpackLatent(tokens: FloatTensor, latentShape: readonly number[]): FloatTensor {
  const [, channels = 0, height = 0, width = 0] = latentShape
  const batch = tokens.shape[0] ?? 0
  const latent = floatTensor([batch, channels, height, width])
  eachPixel({ batch, channels, height, width }, (pixel, place) => {
    latent.data[pixel] = tokens.data[place] ?? 0
  })
  return latent
}

type Sizes = {
  readonly batch: number
  readonly channels: number
  readonly height: number
  readonly width: number
}

function eachPixel(sizes: Sizes, visit: (pixel: number, place: number) => void): void {
  const { batch, channels, height, width } = sizes
  const columns = width / 2
  const perToken = channels * 4
  let pixel = 0
  for (let b = 0; b < batch; b += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const token = b * (height / 2) * columns + (y >> 1) * columns + (x >> 1)
          visit(pixel, token * perToken + c * 4 + (y & 1) * 2 + (x & 1))
          pixel += 1
        }
      }
    }
  }
}
