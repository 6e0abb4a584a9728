/** Fading masks out towards the borders, with ComfyUI's numbers. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { maskShape } from './shapes.ts'

/** Pixels over which each side fades. */
export type Fading = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Column x of the left fading is multiplied by (x + 1) / left, row y of the upper one by (y + 1) / top.
 * On the right and below ComfyUI counts from the border but starts one too early: the first factor hits column (row) 0,
 * the second the last one. Pictures made with it look like that, so it is kept.
 */
export function featherMask(mask: FloatTensor, fading: Fading): FloatTensor {
  const [batch, height, width] = maskShape(mask)
  const columns = factors(width, fading.left, fading.right)
  const rows = factors(height, fading.top, fading.bottom)
  const result = floatTensor([batch, height, width])
  for (const [index, value] of mask.data.entries()) {
    const x = index % width
    const y = Math.floor(index / width) % height
    result.data[index] = value * (columns[x] ?? 1) * (rows[y] ?? 1)
  }
  return result
}

/** What each place along an axis is multiplied by. */
function factors(length: number, before: number, behind: number): readonly number[] {
  const all = Array.from({ length }, () => 1)
  const fade = (count: number, place: (n: number) => number): void => {
    const total = Math.min(count, length)
    for (let n = 0; n < total; n += 1) {
      const at = place(n)
      all[at] = (all[at] ?? 1) * ((n + 1) / total)
    }
  }
  fade(before, (n) => n)
  fade(behind, (n) => (n === 0 ? 0 : length - n))
  return all
}
