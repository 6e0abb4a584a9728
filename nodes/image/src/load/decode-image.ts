/** Picture files to the values of a graph: what LoadImage gives. */
import type { ImageValue, MaskValue } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'
import { decodePixels } from './decode-pixels.ts'

/** A decoded file. */
export type DecodedImage = {
  /** float32 `[frames, H, W, 3]`, byte / 255; colours are not multiplied by alpha. */
  readonly image: ImageValue
  /** float32 `[frames, H, W]`, 1 − alpha; zeros `[frames, 64, 64]` for a file without alpha. */
  readonly mask: MaskValue
}

/** The side of the mask that stands for "no mask". */
const EMPTY_MASK_PX = 64

/** The values that bytes stand for, as float32 division gives them. */
const LEVELS: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => byte / 255)

/**
 * Decodes a picture; an animation becomes a batch.
 * @throws HostError UNSUPPORTED_FILE, TOO_LARGE
 */
export async function decodeImage(file: Uint8Array, signal: AbortSignal): Promise<DecodedImage> {
  const { frames, heightPx, widthPx, rgba, hasAlpha } = await decodePixels(file, signal)
  const count = frames * heightPx * widthPx
  const image = new Float32Array(count * 3)
  const mask = new Float32Array(hasAlpha ? count : frames * EMPTY_MASK_PX ** 2)
  for (let pixel = 0; pixel < count; pixel += 1) {
    const from = pixel * 4
    for (let channel = 0; channel < 3; channel += 1) {
      image[pixel * 3 + channel] = level(rgba[from + channel])
    }
    if (hasAlpha) mask[pixel] = 1 - level(rgba[from + 3])
  }
  return {
    image: floatTensor([frames, heightPx, widthPx, 3], image),
    mask: floatTensor(hasAlpha ? [frames, heightPx, widthPx] : [frames, EMPTY_MASK_PX, EMPTY_MASK_PX], mask),
  }
}

function level(byte: number | undefined): number {
  return LEVELS[byte ?? 0] ?? 0
}
