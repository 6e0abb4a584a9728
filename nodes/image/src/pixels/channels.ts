/** Pictures with and without alpha beside each other. */
import { type FloatTensor, full, pasteInto, sliceAlong } from '@dicache/tensor'

/** The axis of the channels in `[B, H, W, C]`. */
export const CHANNEL_AXIS = 3

/** A number of channels: the first ones, or 1 (opaque) where there are too few. */
export function withChannels(image: FloatTensor, channels: number): FloatTensor {
  const have = image.shape[CHANNEL_AXIS] ?? 0
  if (have === channels) return image
  if (have > channels) return sliceAlong(image, CHANNEL_AXIS, 0, channels)
  const result = full(image.shape.with(CHANNEL_AXIS, channels), 1)
  pasteInto(result, image, [0, 0, 0, 0])
  return result
}
