/** Putting one picture onto another by a mask. */
import { cutToSize } from './cut.ts'
import { type FloatTensor, fitBatch, floatTensor, mixByMask, pasteInto, resizePlane } from '@dicache/tensor'
import { maskShape, pictureShape } from './shapes.ts'

/** Where the source goes, in pixels of the destination: 0 or more. */
export type Place = { readonly leftPx: number; readonly topPx: number }

/**
 * The destination with the source on it, as far as it fits.
 * @param destination - `[B, H, W, C]`
 * @param source - `[b, h, w, C]`; repeated or cut to the destination's batch
 * @param mask - `[b, h, w]`, 1 where the source is seen; scaled to the source, its whole area without one
 */
export function placeImage(
  destination: FloatTensor,
  source: FloatTensor,
  { leftPx, topPx, mask }: Place & { readonly mask: FloatTensor | undefined },
): FloatTensor {
  const [batch, height, width, channels] = pictureShape(destination)
  const [, ownHeight, ownWidth] = pictureShape(source)
  const result = floatTensor(destination.shape, destination.data.slice())
  const visible = {
    height: Math.min(ownHeight, height - topPx),
    width: Math.min(ownWidth, width - leftPx),
  }
  if (visible.height < 1 || visible.width < 1) return result
  const piece = cutToSize(fitBatch(source, batch), { leftPx: 0, topPx: 0, ...visible })
  const below = cutToSize(destination, { leftPx, topPx, ...visible })
  const shares = mask === undefined ? undefined : scaleMask(mask, { height: ownHeight, width: ownWidth })
  const mixed =
    shares === undefined
      ? piece
      : mixByMask(below, piece, cutToSize(fitBatch(shares, batch), { leftPx: 0, topPx: 0, ...visible }))
  pasteInto(result, floatTensor([batch, visible.height, visible.width, channels], mixed.data), [
    0,
    topPx,
    leftPx,
    0,
  ])
  return result
}

/** A mask in another size, bilinear. */
export function scaleMask(
  mask: FloatTensor,
  size: { readonly height: number; readonly width: number },
): FloatTensor {
  maskShape(mask)
  return resizePlane(mask, 1, { ...size, method: 'bilinear' })
}
