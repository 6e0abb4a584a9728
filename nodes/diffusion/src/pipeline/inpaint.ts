/** Pictures and masks for sampling a part of a picture. */
import { HostError } from '@dicache/sdk'
import {
  convolveAlong,
  type FloatTensor,
  floatTensor,
  fitBatch,
  mapValues,
  resizePlane,
  roundHalfEven,
  sliceAlong,
} from '@dicache/tensor'

/** A picture and its mask, cut to whole latent cells. */
export type Cut = {
  /** `[B, H, W, 3]` */
  readonly pixels: FloatTensor
  /** `[B, H, W]`, 1 where it is sampled. */
  readonly mask: FloatTensor
}

/** Scales the mask to the picture (bilinear), and cuts both to multiples of a cell, in the middle. */
export function cutToCells(pixels: FloatTensor, mask: FloatTensor, cellPx: number): Cut {
  const [batch = 0, height = 0, width = 0, channels = 0] = pixels.shape
  if (pixels.shape.length !== 4 || channels < 3 || mask.shape.length !== 3 || mask.data.length === 0) {
    throw new HostError(
      'WRONG_SHAPE',
      `a picture of [${pixels.shape.join(', ')}] and a mask of [${mask.shape.join(', ')}] do not fit: it takes [batch, height, width, 3] and [batch, height, width]`,
    )
  }
  const scaled = fitBatch(resizePlane(mask, 1, { height, width, method: 'bilinear' }), batch)
  const cut = (a: FloatTensor): FloatTensor => {
    const [top, left] = [Math.floor((height % cellPx) / 2), Math.floor((width % cellPx) / 2)]
    const rows = sliceAlong(a, 1, top, top + height - (height % cellPx))
    return sliceAlong(rows, 2, left, left + width - (width % cellPx))
  }
  const own = cut(channels === 3 ? pixels : sliceAlong(pixels, 3, 0, 3))
  if (own.data.length === 0)
    throw new HostError(
      'WRONG_SHAPE',
      `a picture of ${width} × ${height} pixels is smaller than one latent cell`,
    )
  return { pixels: own, mask: cut(scaled) }
}

/** The picture with grey where the mask, rounded, is 1. */
export function greyUnder({ pixels, mask }: Cut): FloatTensor {
  return floatTensor(
    pixels.shape,
    pixels.data.map((value, at) => (roundHalfEven(mask.data[Math.floor(at / 3)] ?? 0) === 0 ? value : 0.5)),
  )
}

/**
 * The mask, rounded, grown over a square of so many pixels.
 * An even square has no middle: as in ComfyUI it grows one pixel further down and to the right.
 */
export function grownMask(mask: FloatTensor, byPx: number): FloatTensor {
  const rounded = mapValues(mask, roundHalfEven)
  if (byPx < 2) return rounded
  const reach = Math.ceil((byPx - 1) / 2)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => (k < byPx ? 1 : 0))
  const sums = convolveAlong(convolveAlong(rounded, 1, { kernel, border: 'zero' }), 2, {
    kernel,
    border: 'zero',
  })
  return mapValues(sums, (sum) => (sum >= 0.5 ? 1 : 0))
}
