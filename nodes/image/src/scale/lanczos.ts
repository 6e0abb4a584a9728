/** Lanczos scaling on bytes with an antialiased window of 3, equal to Pillow's byte for byte. */
import { resampleInto, type Taps } from '@dicache/tensor'

/** The window, in input pixels (output pixels when the picture becomes smaller). */
const WINDOW = 3
/** Weights are whole multiples of 2^-22. */
const UNIT = 2 ** 22

/** An 8-bit picture, row-major. */
export type BytePicture = {
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: number
  readonly bytes: Uint8Array
}

/** Scales a picture of 8-bit values; of four channels the last is alpha, and colours are weighted by it. */
export function lanczos(
  picture: BytePicture,
  { widthPx, heightPx }: Pick<BytePicture, 'widthPx' | 'heightPx'>,
): BytePicture {
  if (picture.widthPx === widthPx && picture.heightPx === heightPx) return picture
  const { channels } = picture
  const hasAlpha = channels === 4
  const premultiplied = hasAlpha ? mapPixels(picture.bytes, premultiply) : picture.bytes
  const wide = alongAxis(premultiplied, {
    axis: { outer: picture.heightPx, length: picture.widthPx, inner: channels },
    to: widthPx,
  })
  const bytes = alongAxis(wide, {
    axis: { outer: 1, length: picture.heightPx, inner: widthPx * channels },
    to: heightPx,
  })
  return { widthPx, heightPx, channels, bytes: hasAlpha ? mapPixels(bytes, divideByAlpha) : bytes }
}

function alongAxis(
  bytes: Uint8Array,
  { axis, to }: { readonly axis: Parameters<typeof resampleInto>[2]; readonly to: number },
): Uint8Array {
  if (axis.length === to) return bytes
  const target = new Uint8Array(axis.outer * to * axis.inner)
  return resampleInto(target, bytes, axis, { taps: lanczosTaps(axis.length, to), finish: toByte })
}

/** Taps whose weights are multiples of 1 / UNIT, times UNIT. */
function lanczosTaps(from: number, to: number): readonly Taps[] {
  const ratio = from / to
  const stretch = Math.max(ratio, 1)
  const reach = WINDOW * stretch
  return Array.from({ length: to }, (_, out): Taps => {
    const centre = (out + 0.5) * ratio
    const first = Math.max(0, Math.trunc(centre - reach + 0.5))
    const end = Math.min(from, Math.trunc(centre + reach + 0.5))
    const indices = Array.from({ length: end - first }, (_none, k) => first + k)
    const raw = indices.map((index) => kernel((index - centre + 0.5) * (1 / stretch)))
    const total = raw.reduce((sum, weight) => sum + weight, 0)
    return { indices, weights: raw.map((weight) => roundAway((weight / total) * UNIT)) }
  })
}

function kernel(x: number): number {
  return x >= -WINDOW && x < WINDOW ? sinc(x) * sinc(x / WINDOW) : 0
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI)
}

/** Halves away from zero. */
function roundAway(value: number): number {
  return Math.trunc(value + (value < 0 ? -0.5 : 0.5))
}

function toByte(sum: number): number {
  return Math.min(255, Math.max(0, Math.floor((sum + UNIT / 2) / UNIT)))
}

function mapPixels(rgba: Uint8Array, change: (level: number, alpha: number) => number): Uint8Array {
  return rgba.map((level, at) => (at % 4 === 3 ? level : change(level, rgba[at - (at % 4) + 3] ?? 0)))
}

/** level · alpha / 255, rounded. */
function premultiply(level: number, alpha: number): number {
  const scaled = level * alpha + 128
  return ((scaled >> 8) + scaled) >> 8
}

function divideByAlpha(level: number, alpha: number): number {
  return alpha === 0 || alpha === 255 ? level : Math.min(255, Math.trunc((255 * level) / alpha))
}
