/** One latent on another, with soft inner edges. */
import { HostError } from '@dicache/sdk'
import { type FloatTensor, floatTensor, fitBatch, mixByMask, pasteInto, sliceAlong } from '@dicache/tensor'
import { planeOf } from './scale-latent.ts'

/** In latent cells. */
export type LatentPlace = { readonly x: number; readonly y: number; readonly feather: number }

/**
 * `above` on `below` as far as it fits.
 * @throws HostError WRONG_SHAPE for latents of different models.
 */
export function composeLatents(
  below: FloatTensor,
  above: FloatTensor,
  { x, y, feather }: LatentPlace,
): FloatTensor {
  const { height, width } = planeOf(below)
  planeOf(above)
  const [batch = 0, channels = 0] = below.shape
  if (above.shape[1] !== channels || ![1, batch].includes(above.shape[0] ?? 0)) {
    throw new HostError(
      'WRONG_SHAPE',
      `latents of [${below.shape.join(', ')}] and [${above.shape.join(', ')}] do not lie on each other; they must be of one model, and equally many`,
    )
  }
  const piece = sliceAlong(sliceAlong(fitBatch(above, batch), 2, 0, height - y), 3, 0, width - x)
  const result = floatTensor(below.shape, below.data.slice())
  const [, , rows = 0, columns = 0] = piece.shape
  if (rows === 0 || columns === 0) return result
  const under = sliceAlong(sliceAlong(below, 2, y, y + rows), 3, x, x + columns)
  // Only edges that lie inside the latent below fade.
  const down = fading(rows, feather, { before: y !== 0, behind: y + rows < height })
  const across = fading(columns, feather, { before: x !== 0, behind: x + columns < width })
  const mask = floatTensor(
    piece.shape,
    piece.data.map((_, at) => (down[Math.floor(at / columns) % rows] ?? 1) * (across[at % columns] ?? 1)),
  )
  pasteInto(result, mixByMask(under, piece, mask), [0, 0, y, x])
  return result
}

/** What each place along an axis is multiplied by. */
function fading(
  length: number,
  feather: number,
  { before, behind }: { readonly before: boolean; readonly behind: boolean },
): readonly number[] {
  return Array.from({ length }, (_, at) => {
    const ahead = before && at < feather ? (at + 1) / feather : 1
    const back = behind && length - 1 - at < feather ? (length - at) / feather : 1
    return ahead * back
  })
}
