/** Masks as grey pictures. */
import { type FloatTensor, floatTensor, takeAlong } from '@dicache/tensor'
import { maskShape } from './shapes.ts'

/** `[B, H, W]` → `[B, H, W, 3]`, the same value in every channel. */
export function maskToPicture(mask: FloatTensor): FloatTensor {
  return takeAlong(floatTensor([...maskShape(mask), 1], mask.data), 3, [0, 0, 0])
}
