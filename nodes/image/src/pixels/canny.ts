/** Edges by Canny's method ("A Computational Approach to Edge Detection", 1986), with kornia's numbers. */
import { convolveAlong, type FloatTensor, floatTensor, mapValues, zipValues } from '@dicache/tensor'
import { pictureShape } from './shapes.ts'

/** Gradients below `low` are no edge, above `high` they are; between, where an edge is next to them. */
export type Thresholds = { readonly low: number; readonly high: number }

/** Keeps the root of flat areas from being 0. */
const EPSILON = 1e-6
/** Gradients that differ by less are equal. */
const EQUAL = 1e-7
/** Luma weights of BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const
/** Neighbours by direction in steps of 45°, from the right on, rows downwards. */
const NEIGHBOURS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const

/** Edges of RGB pictures `[B, H, W, 3]`: `[B, H, W]`, 1 on an edge, else 0. */
export function cannyEdges(image: FloatTensor, { low, high }: Thresholds): FloatTensor {
  const { across, down } = gradients(image)
  const sizes = zipValues(across, down, (x, y) =>
    Math.sqrt(Math.fround(Math.fround(Math.fround(x * x) + Math.fround(y * y)) + EPSILON)),
  )
  const ridges = thinned(sizes, across, down)
  return joined(mapValues(ridges, (size) => (size > high ? 1 : size > low ? 0.5 : 0)))
}

/** Sobel gradients of the blurred grey picture: eight times the slope of a pixel. */
function gradients(image: FloatTensor): { readonly across: FloatTensor; readonly down: FloatTensor } {
  const [batch, height, width] = pictureShape(image)
  const grey = floatTensor([batch, height, width])
  for (let pixel = 0; pixel < grey.data.length; pixel += 1) {
    let luma = 0
    for (const [channel, weight] of LUMA.entries()) luma += weight * (image.data[pixel * 3 + channel] ?? 0)
    grey.data[pixel] = luma
  }
  const bell = [-2, -1, 0, 1, 2].map((x) => Math.exp(-(x ** 2) / 2))
  const total = bell.reduce((sum, value) => sum + value, 0)
  const blur = { kernel: bell.map((value) => value / total), border: 'reflect' } as const
  const smooth = convolveAlong(convolveAlong(grey, 2, blur), 1, blur)
  const mean = { kernel: [1, 2, 1], border: 'edge' } as const
  const slope = { kernel: [-1, 0, 1], border: 'edge' } as const
  return {
    across: convolveAlong(convolveAlong(smooth, 1, mean), 2, slope),
    down: convolveAlong(convolveAlong(smooth, 2, mean), 1, slope),
  }
}

/**
 * Only what is larger than both neighbours across the edge stays. Of two that are equal beside or below each other, as
 * at a sharp step, the left (upper) one does, as in OpenCV.
 */
function thinned(sizes: FloatTensor, across: FloatTensor, down: FloatTensor): FloatTensor {
  const at = reader(sizes)
  return mapPixels(sizes, (size, { index, x, y, block }) => {
    const angle = Math.atan2(down.data[index] ?? 0, across.data[index] ?? 0)
    const turn = Math.round((angle * 4) / Math.PI) + 8
    const beats = (direction: number): boolean => {
      const [dx, dy] = NEIGHBOURS[direction % 8] ?? [0, 0]
      const other = at(block, x + dx, y + dy)
      return direction % 8 === 0 || direction % 8 === 2 ? size >= other - EQUAL : size > other + EQUAL
    }
    return beats(turn) && beats(turn + 4) ? size : 0
  })
}

/** Weak pixels (0.5) become edges where they hang together with a strong one (1), else nothing. */
function joined(marks: FloatTensor): FloatTensor {
  const [batch = 0, height = 0, width = 0] = marks.shape
  const edges = mapValues(marks, (mark) => (mark === 1 ? 1 : 0))
  const waiting: number[] = []
  edges.data.forEach((edge, index) => {
    if (edge === 1) waiting.push(index)
  })
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const [x, row] = [index % width, Math.floor(index / width)]
    const y = row % height
    for (const [dx, dy] of NEIGHBOURS) {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue
      const next = (row + dy) * width + x + dx
      if (marks.data[next] !== 0.5 || edges.data[next] === 1) continue
      edges.data[next] = 1
      waiting.push(next)
    }
  }
  return floatTensor([batch, height, width], edges.data)
}

type Pixel = { readonly index: number; readonly x: number; readonly y: number; readonly block: number }

function mapPixels(a: FloatTensor, f: (value: number, pixel: Pixel) => number): FloatTensor {
  const [, height = 1, width = 1] = a.shape
  return floatTensor(
    a.shape,
    a.data.map((value, index) => {
      const row = Math.floor(index / width)
      return f(value, { index, x: index % width, y: row % height, block: Math.floor(row / height) })
    }),
  )
}

/** Reads pixels; outside there is 0. */
function reader(a: FloatTensor): (block: number, x: number, y: number) => number {
  const [, height = 0, width = 0] = a.shape
  return (block, x, y) =>
    x < 0 || x >= width || y < 0 || y >= height ? 0 : (a.data[(block * height + y) * width + x] ?? 0)
}
