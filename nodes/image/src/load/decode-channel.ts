/** One channel of a picture file as a mask: what LoadImageMask gives. */
import type { MaskValue } from '@dicache/sdk'
import { floatTensor } from '@dicache/tensor'
import { decodePixels } from './decode-pixels.ts'

const PLACES = { red: 0, green: 1, blue: 2, alpha: 3 } as const

/**
 * Decodes the first picture of a file.
 * @returns float32 `[1, H, W]`: byte / 255, of alpha 1 minus it (0 in a file without alpha)
 * @throws HostError UNSUPPORTED_FILE, TOO_LARGE
 */
export async function decodeChannel(
  file: Uint8Array,
  channel: keyof typeof PLACES,
  signal: AbortSignal,
): Promise<MaskValue> {
  const { heightPx, widthPx, rgba, hasAlpha } = await decodePixels(file, signal)
  const mask = floatTensor([1, heightPx, widthPx])
  if (channel === 'alpha' && !hasAlpha) return mask
  for (let pixel = 0; pixel < mask.data.length; pixel += 1) {
    const level = Math.fround((rgba[pixel * 4 + PLACES[channel]] ?? 0) / 255)
    mask.data[pixel] = channel === 'alpha' ? 1 - level : level
  }
  return mask
}
