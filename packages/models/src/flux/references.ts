/**
 * Pictures that FLUX.1 Kontext looks at while it samples: their tokens stand behind the image's own, told apart by their places. The first
 * axis of the rotary ids, always 0 for the image, is 1 for a reference; rows and columns say where it lies.
 */
import { concat, type FloatTensor, takeAlong } from '@dicache/tensor'
import type { ReferenceMethod, References } from '../transformer.ts'
import { packLatent } from './pack.ts'
import { gridIds } from './rope.ts'

const PATCH = 2

/** A reference's place: its number on the first axis, and how far it is moved, in latent cells. */
type Place = { readonly index: number; readonly top: number; readonly left: number }

/** [B, C, h, w] each → tokens [B, Σ ⌈h/2⌉·⌈w/2⌉, 4·C], in their order. A side that is odd is filled up with its first row or column. */
export function packReferences(latents: readonly FloatTensor[]): FloatTensor {
  return concat(
    latents.map((latent) => packLatent(evenSides(latent))),
    1,
  )
}

/**
 * Ids [Σ tokens, 3] of references for an image of `height` × `width` latent cells.
 * - `offset`: all have the index 1; each is put below or to the right of those before it, wherever the whole stays smaller.
 * - `index`: each has an index of its own, and none is moved.
 * - `uxo`: index 0, each moved past the image and those before it along both axes.
 */
export function referenceIds(
  { latents, method }: References,
  image: { readonly height: number; readonly width: number },
): FloatTensor {
  const sizes = latents.map(({ shape }) => ({ height: shape[2] ?? 0, width: shape[3] ?? 0 }))
  const places = PLACES[method](sizes, image)
  return concat(
    sizes.map(({ height, width }, n) => {
      const { index, top, left } = places[n] ?? { index: 1, top: 0, left: 0 }
      return gridIds({
        rows: Math.ceil(height / PATCH),
        columns: Math.ceil(width / PATCH),
        index,
        firstRow: Math.ceil(top / PATCH),
        firstColumn: Math.ceil(left / PATCH),
      })
    }),
  )
}

type Size = { readonly height: number; readonly width: number }

const PLACES: Readonly<Record<ReferenceMethod, (sizes: readonly Size[], image: Size) => readonly Place[]>> = {
  index: (sizes) => sizes.map((_, n) => ({ index: n + 1, top: 0, left: 0 })),
  offset(sizes) {
    let [bottom, right] = [0, 0]
    return sizes.map(({ height, width }) => {
      const isBeside = height + bottom > width + right
      const [top, left] = isBeside ? [0, right] : [bottom, 0]
      bottom = Math.max(bottom, top + height)
      right = Math.max(right, left + width)
      return { index: 1, top, left }
    })
  },
  uxo(sizes, image) {
    let [top, left] = [image.height, image.width]
    return sizes.map(({ height, width }) => {
      const place = { index: 0, top, left }
      top += height
      left += width
      return place
    })
  },
}

function evenSides(latent: FloatTensor): FloatTensor {
  const even = (a: FloatTensor, axis: number): FloatTensor => {
    const length = a.shape[axis] ?? 0
    return length % PATCH === 0
      ? a
      : takeAlong(
          a,
          axis,
          Array.from({ length: length + 1 }, (_, n) => n % length),
        )
  }
  return even(even(latent, 2), 3)
}
