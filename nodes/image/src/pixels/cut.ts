/** Cutting a rectangle out of pictures or masks. */
import { type FloatTensor, sliceAlong } from '@dicache/tensor'

/** A rectangle in pixels. */
export type Rectangle = {
  readonly leftPx: number
  readonly topPx: number
  readonly width: number
  readonly height: number
}

/** The part of `[B, H, W, …]` inside a rectangle; it ends at the border, and may be empty. */
export function cutToSize(pixels: FloatTensor, { leftPx, topPx, width, height }: Rectangle): FloatTensor {
  return sliceAlong(sliceAlong(pixels, 1, topPx, topPx + height), 2, leftPx, leftPx + width)
}
