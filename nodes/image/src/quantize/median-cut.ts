/**
 * The palette of a picture by median cut, equal to that of Pillow's `Image.quantize(colors)` (HPND licence, src/libImaging/Quant.c, whose
 * rules were read and are written anew here): the box with the most pixels is cut at its median along the axis that weighs most, and a
 * colour of the palette is the mean of a box.
 */
import { createBoxHeap } from './box-heap.ts'

/** Colours as bytes: red, green, blue, red, … */
export type Palette = Uint8Array

/** Pictures with more colours than this are cut in a coarser grid. */
const MAX_COLOURS = 65_536
/** Red, green and blue weigh as they do for the eye. */
const WEIGHTS = [77, 150, 29] as const

/** Distinct colours of the (coarser) grid, and how many pixels have each. */
type Colours = { readonly keys: Uint32Array; readonly counts: Uint32Array; readonly shift: number }

/** Some of the colours, by their indices. */
type Box = { readonly members: Uint32Array; readonly pixels: number }

/** A box that was cut has two halves; those that were not are the palette, in the order of the tree. */
type Tree = { readonly box: Box; halves: readonly [Tree, Tree] | undefined }

/**
 * At most `colours` of a picture, fewer where it has fewer.
 * @param rgb - bytes, three a pixel; at least one pixel
 */
export function medianCut(rgb: Uint8Array, colours: number): Palette {
  const found = distinctColours(rgb)
  const root: Tree = {
    box: { members: Uint32Array.from(found.keys.keys()), pixels: rgb.length / 3 },
    halves: undefined,
  }
  const heap = createBoxHeap<Tree>(({ box }) => box.pixels)
  heap.add(root)
  for (let made = 1; made < colours; made += 1) {
    let largest = heap.remove()
    while (largest !== undefined && isOneColour(found, largest.box)) largest = heap.remove()
    if (largest === undefined) break
    const [left, right] = cut(found, largest.box)
    largest.halves = [
      { box: left, halves: undefined },
      { box: right, halves: undefined },
    ]
    for (const half of largest.halves) heap.add(half)
  }
  return means(rgb, found, [...leaves(root)])
}

function* leaves({ box, halves }: Tree): Generator<Box> {
  if (halves === undefined) yield box
  else for (const half of halves) yield* leaves(half)
}

/** The colours in the finest grid that has few enough of them. */
function distinctColours(rgb: Uint8Array): Colours {
  const pixels = new Uint32Array(rgb.length / 3)
  for (let shift = 0; ; shift += 1) {
    for (let pixel = 0; pixel < pixels.length; pixel += 1) pixels[pixel] = keyAt(rgb, pixel, shift)
    pixels.sort()
    const firsts = pixels.map((key, n) => (n === 0 || key !== pixels[n - 1] ? 1 : 0))
    const count = firsts.reduce((sum, first) => sum + first, 0)
    if (count > MAX_COLOURS) continue
    const [keys, counts] = [new Uint32Array(count), new Uint32Array(count)]
    let at = -1
    for (const [n, key] of pixels.entries()) {
      if (firsts[n] === 1) keys[++at] = key
      counts[at] = (counts[at] ?? 0) + 1
    }
    return { keys, counts, shift }
  }
}

function keyAt(rgb: Uint8Array, pixel: number, shift: number): number {
  const [r = 0, g = 0, b = 0] = [rgb[pixel * 3], rgb[pixel * 3 + 1], rgb[pixel * 3 + 2]]
  return ((r >> shift) << 16) | ((g >> shift) << 8) | (b >> shift)
}

const channel = (key: number, axis: number): number => (key >> (16 - 8 * axis)) & 255

/** Smallest and largest value of a box along an axis. */
function range({ keys }: Colours, { members }: Box, axis: number): readonly [low: number, high: number] {
  let [low, high] = [255, 0]
  for (const member of members) {
    const value = channel(keys[member] ?? 0, axis)
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}

function isOneColour(colours: Colours, box: Box): boolean {
  return [0, 1, 2].every((axis) => {
    const [low, high] = range(colours, box, axis)
    return low === high
  })
}

/** The bright half first: values from the top until more than half of the pixels are in; never all of them. */
function cut(colours: Colours, box: Box): readonly [Box, Box] {
  const ranges = [0, 1, 2].map((axis) => range(colours, box, axis))
  const spans = ranges.map(([low, high], axis) => (high - low) * (WEIGHTS[axis] ?? 0))
  const axis = spans.indexOf(Math.max(...spans))
  const [low, high] = ranges[axis] ?? [0, 0]
  const byValue = new Float64Array(256)
  for (const member of box.members) {
    const value = channel(colours.keys[member] ?? 0, axis)
    byValue[value] = (byValue[value] ?? 0) + (colours.counts[member] ?? 0)
  }
  let [border, bright] = [high, byValue[high] ?? 0]
  while (bright * 2 <= box.pixels && border > low) {
    border -= 1
    bright += byValue[border] ?? 0
  }
  if (border === low) {
    border += 1
    bright -= byValue[low] ?? 0
  }
  const isBright = (member: number): boolean => channel(colours.keys[member] ?? 0, axis) >= border
  return [
    { members: box.members.filter(isBright), pixels: bright },
    { members: box.members.filter((member) => !isBright(member)), pixels: box.pixels - bright },
  ]
}

function means(rgb: Uint8Array, { keys, shift }: Colours, boxes: readonly Box[]): Palette {
  const boxOf = new Map<number, number>()
  for (const [index, { members }] of boxes.entries())
    for (const member of members) boxOf.set(keys[member] ?? 0, index)
  // Sums wrap around in 32 bits, as they do there.
  const sums = new Uint32Array(boxes.length * 3)
  const counts = new Uint32Array(boxes.length)
  for (let pixel = 0; pixel < rgb.length / 3; pixel += 1) {
    const box = boxOf.get(keyAt(rgb, pixel, shift)) ?? 0
    counts[box] = (counts[box] ?? 0) + 1
    for (let at = 0; at < 3; at += 1)
      sums[box * 3 + at] = (sums[box * 3 + at] ?? 0) + (rgb[pixel * 3 + at] ?? 0)
  }
  return Uint8Array.from(sums, (sum, n) => Math.floor(0.5 + sum / (counts[Math.floor(n / 3)] ?? 1)))
}
