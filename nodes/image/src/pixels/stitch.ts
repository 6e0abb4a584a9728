/** Two batches of pictures side by side. */
import { concat, type FloatTensor, full, pasteInto, takeAlong } from '@dicache/tensor'
import { scaleImage } from '../scale/scale-image.ts'
import { withChannels } from './channels.ts'
import { pictureShape } from './shapes.ts'

export const DIRECTIONS = ['right', 'down', 'left', 'up'] as const
export const SPACING_COLORS = ['white', 'black', 'red', 'green', 'blue'] as const

/** How pictures are put together. */
export type Stitch = {
  /** Where the second one goes. */
  readonly direction: (typeof DIRECTIONS)[number]
  /** Whether the second one is scaled to the first; else the smaller one is padded, in the middle. */
  readonly matchSize: boolean
  readonly gapPx: number
  readonly color: (typeof SPACING_COLORS)[number]
}

const LEVELS: Readonly<Record<Stitch['color'], readonly [number, number, number]>> = {
  white: [1, 1, 1],
  black: [0, 0, 0],
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
}

/** The shorter batch repeats its last picture; RGB beside RGBA becomes opaque. */
export function stitchImages(
  image1: FloatTensor,
  image2: FloatTensor,
  { direction, matchSize, gapPx, color }: Stitch,
): FloatTensor {
  const along = direction === 'left' || direction === 'right' ? 2 : 1
  const [batch1, height1, width1] = pictureShape(image1)
  const [batch2, height2, width2] = pictureShape(image2)
  const batch = Math.max(batch1, batch2)
  let [first, second] = [lastRepeated(image1, batch), lastRepeated(image2, batch)]
  if (matchSize) {
    const aspect = width2 / height2
    const target =
      along === 2
        ? { heightPx: height1, widthPx: Math.max(1, Math.trunc(height1 * aspect)) }
        : { heightPx: Math.max(1, Math.trunc(width1 / aspect)), widthPx: width1 }
    second = scaleImage(second, { ...target, method: 'lanczos', crop: 'disabled' })
  } else {
    // Coloured gaps do not colour the padding: it is white beside white, else black.
    const across = along === 2 ? 1 : 2
    const level = color === 'white' ? 1 : 0
    const length = along === 2 ? Math.max(height1, height2) : Math.max(width1, width2)
    first = padded(first, { axis: across, length, level })
    second = padded(second, { axis: across, length, level })
  }
  const channels = Math.max(first.shape[3] ?? 0, second.shape[3] ?? 0)
  first = withChannels(first, channels)
  second = withChannels(second, channels)
  const gap = gapPx === 0 ? [] : [coloured(first.shape.with(along, gapPx), LEVELS[color])]
  const order = direction === 'left' || direction === 'up' ? [second, ...gap, first] : [first, ...gap, second]
  return concat(order, along)
}

function lastRepeated(image: FloatTensor, batch: number): FloatTensor {
  const have = image.shape[0] ?? 0
  const rows = Array.from({ length: batch }, (_, row) => Math.min(row, have - 1))
  return have === batch ? image : takeAlong(image, 0, rows)
}

function padded(
  image: FloatTensor,
  { axis, length, level }: { readonly axis: number; readonly length: number; readonly level: number },
): FloatTensor {
  const have = image.shape[axis] ?? 0
  if (have === length) return image
  const result = full(image.shape.with(axis, length), level)
  pasteInto(result, image, [0, 0, 0, 0].with(axis, Math.floor((length - have) / 2)))
  return result
}

/** A picture of one colour, opaque. */
function coloured(shape: readonly number[], levels: readonly number[]): FloatTensor {
  const channels = shape[3] ?? 0
  const pixel = Float32Array.from({ length: channels }, (_, channel) => levels[channel] ?? 1)
  const result = full(shape, 0)
  for (let at = 0; at < result.data.length; at += channels) result.data.set(pixel, at)
  return result
}
