/** The mask of the room around a picture: 1 outside, fading into the picture where there is room beside it. */
import { floatTensor, full, type FloatTensor, pasteInto } from '@dicache/tensor'

/** Pixels added on each side, and those over which the mask fades. */
export type Room = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly feathering: number
}

/**
 * The mask `[1, H, W]` of a picture with room around it. Inside it is the square of the share of the fading that is
 * left; a picture less than twice as large as the fading does not fade.
 */
export function outpaintMask(
  { height, width }: { readonly height: number; readonly width: number },
  { left, top, right, bottom, feathering }: Room,
): FloatTensor {
  const inside = floatTensor([1, height, width])
  if (feathering > 0 && feathering * 2 < height && feathering * 2 < width) {
    for (let y = 0; y < height; y += 1) {
      const upright = Math.min(top === 0 ? height : y, bottom === 0 ? height : height - y)
      for (let x = 0; x < width; x += 1) {
        const depth = Math.min(upright, left === 0 ? width : x, right === 0 ? width : width - x)
        if (depth < feathering) inside.data[y * width + x] = ((feathering - depth) / feathering) ** 2
      }
    }
  }
  const mask = full([1, height + top + bottom, width + left + right], 1)
  pasteInto(mask, inside, [0, top, left])
  return mask
}
