/**
 * The entry of a palette that is nearest to a colour, as Pillow finds it (src/libImaging/Palette.c, after Heckbert and Thomas): colours are
 * taken in cells of 4 × 4 × 4, and what is nearest to a cell's darkest corner stands for all of it. Of entries equally near the first counts.
 */
import type { Palette } from './median-cut.ts'

const CELLS = 64
const EMPTY = -1

/** Index of the nearest entry, for bytes of red, green and blue. Cells are worked out when they are asked for. */
export function createNearest(palette: Palette): (r: number, g: number, b: number) => number {
  const known = new Int16Array(CELLS ** 3).fill(EMPTY)
  return function nearest(r, g, b) {
    const cell = ((r >> 2) * CELLS + (g >> 2)) * CELLS + (b >> 2)
    const found = known[cell] ?? EMPTY
    if (found !== EMPTY) return found
    const index = nearestTo(palette, [r & 252, g & 252, b & 252])
    known[cell] = index
    return index
  }
}

function nearestTo(palette: Palette, corner: readonly [number, number, number]): number {
  let [best, distance] = [0, Number.POSITIVE_INFINITY]
  for (let entry = 0; entry < palette.length / 3; entry += 1) {
    let sum = 0
    for (let at = 0; at < 3; at += 1) sum += ((palette[entry * 3 + at] ?? 0) - (corner[at] ?? 0)) ** 2
    if (sum < distance) [best, distance] = [entry, sum]
  }
  return best
}
