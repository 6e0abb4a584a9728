/** Pictures in the colours of a palette, plain or dithered. Bytes in, bytes out, three a pixel. */
import type { Palette } from './median-cut.ts'
import { createNearest } from './nearest-colour.ts'

/** How colours that the palette lacks are mixed from those that it has. */
export type Dither = 'none' | 'floyd-steinberg' | `bayer-${2 | 4 | 8 | 16}`

/** A picture of bytes. */
export type Bytes = { readonly rgb: Uint8Array; readonly width: number }

/** Each pixel becomes an entry of the palette. */
export function paint(picture: Bytes, palette: Palette, dither: Dither): Uint8Array {
  if (dither === 'none') return plain(picture, palette)
  if (dither === 'floyd-steinberg') return floydSteinberg(picture, palette)
  const order = Number(dither.slice('bayer-'.length))
  return plain({ ...picture, rgb: withBayer(picture, palette.length / 3, order) }, palette)
}

function plain({ rgb }: Bytes, palette: Palette): Uint8Array {
  const nearest = createNearest(palette)
  const out = new Uint8Array(rgb.length)
  for (let at = 0; at < rgb.length; at += 3) {
    const entry = nearest(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0) * 3
    out.set(palette.subarray(entry, entry + 3), at)
  }
  return out
}

/**
 * Floyd and Steinberg's error diffusion as Pillow does it (src/libImaging/Convert.c): rows from left to right, errors in sixteenths that are
 * rounded towards zero. After the last pixel of a row red, green and blue leave the three parts of blue's error behind, as they do there.
 */
function floydSteinberg({ rgb, width }: Bytes, palette: Palette): Uint8Array {
  const nearest = createNearest(palette)
  const out = new Uint8Array(rgb.length)
  // What the row above left for each pixel, one place to the right of it.
  const below = new Int32Array((width + 1) * 3)
  const [ahead, under, aside, colour] = [0, 1, 2, 3].map(() => new Int32Array(3)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  for (let row = 0; row < rgb.length; row += width * 3) {
    for (const part of [ahead, under, aside]) part.fill(0)
    for (let at = 0; at < width * 3; at += 3) {
      for (let c = 0; c < 3; c += 1) {
        const error = Math.trunc(((ahead[c] ?? 0) + (below[at + 3 + c] ?? 0)) / 16)
        colour[c] = Math.min(255, Math.max(0, (rgb[row + at + c] ?? 0) + error))
      }
      const entry = nearest(colour[0] ?? 0, colour[1] ?? 0, colour[2] ?? 0) * 3
      for (let c = 0; c < 3; c += 1) {
        const value = palette[entry + c] ?? 0
        out[row + at + c] = value
        const error = (colour[c] ?? 0) - value
        // 3, 5, 1 sixteenths go below, to the left, straight and to the right; 7 go ahead.
        below[at + c] = 3 * error + (under[c] ?? 0)
        under[c] = 5 * error + (aside[c] ?? 0)
        aside[c] = error
        ahead[c] = 7 * error
      }
    }
    const end = width * 3
    below[end] = under[2] ?? 0
    below[end + 1] = aside[2] ?? 0
    below[end + 2] = aside[2] ?? 0
  }
  return out
}

/** Pixels moved by a Bayer matrix whose height follows from the number of colours; rounded to float32, then cut to bytes. */
function withBayer({ rgb, width }: Bytes, colours: number, order: number): Uint8Array {
  const spread = 512 / colours
  const matrix = bayerMatrix(order).map((value) => spread * value + 0.5)
  return rgb.map((value, at) => {
    const pixel = Math.floor(at / 3)
    const [row, column] = [Math.floor(pixel / width) % order, (pixel % width) % order]
    const moved = Math.fround(value + (matrix[row * order + column] ?? 0))
    return Math.trunc(Math.min(255, Math.max(0, moved)))
  })
}

/** The Bayer matrix of order 2, 4, 8 … , row by row, its values between −0.5 and 0.5. */
function bayerMatrix(order: number): readonly number[] {
  if (order === 1) return [0]
  const half = order / 2
  const inner = bayerMatrix(half)
  const corners = [-1.5, 0.5, 1.5, -0.5]
  return Array.from({ length: order * order }, (_, n) => {
    const [row, column] = [Math.floor(n / order), n % order]
    const corner = corners[2 * Math.floor(row / half) + Math.floor(column / half)] ?? 0
    const own = inner[(row % half) * half + (column % half)] ?? 0
    return own + corner / order ** 2
  })
}
