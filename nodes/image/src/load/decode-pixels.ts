/** Picture files to bytes. The decoder is sharp's; animated PNG, which it does not know, is painted here. */
import { HostError } from '@dicache/sdk'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { type Apng, apngFrames } from '../png/apng-frames.ts'
import { isPng, pngColourType } from '../png/png-chunks.ts'
import { createFramePainter } from './paint-frames.ts'

/** Frames of one size as 8-bit RGBA, one after the other; not premultiplied. */
export type Pixels = {
  readonly frames: number
  readonly heightPx: number
  readonly widthPx: number
  /** `[frames, H, W, 4]` */
  readonly rgba: Uint8Array
  /** Whether the file has transparency. */
  readonly hasAlpha: boolean
}

/** Raster formats. Vector formats are left out: they are programs, and can name other files. */
const FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif'])
/** Pixels of all frames together, 16384 × 16384: a small file must not fill the memory. */
const MAX_PIXELS = 2 ** 28

/**
 * Decodes a picture or an animation. EXIF orientation is applied, colour profiles are not; 16 bits become 8.
 * @throws HostError UNSUPPORTED_FILE for what is no picture, is damaged or cut off; TOO_LARGE beyond 2^28 pixels.
 */
export async function decodePixels(file: Uint8Array, signal: AbortSignal): Promise<Pixels> {
  try {
    const animation = isPng(file) ? apngFrames(file) : undefined
    return animation === undefined ? await decodeOne(file) : await decodeApng(animation, signal)
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof HostError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HostError('UNSUPPORTED_FILE', `the picture cannot be read: ${reason.trim()}`, { cause })
  }
}

/** Everything but animated PNG. */
async function decodeOne(file: Uint8Array): Promise<Pixels> {
  const facts = await open(file).metadata()
  if (!FORMATS.has(facts.format)) {
    throw new HostError(
      'UNSUPPORTED_FILE',
      `pictures of the format ${facts.format} are not read; use PNG, JPEG, WebP, GIF, TIFF or AVIF`,
    )
  }
  limitPixels(facts.width * facts.height) // the height of all frames
  const { pages: frames = 1 } = facts
  const { data, info } = await upright(file, facts)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return {
    frames,
    heightPx: info.height / frames,
    widthPx: info.width,
    rgba: facts.space === 'grey16' && !facts.hasAlpha ? await deepGrey(file, facts) : data,
    hasAlpha: alphaCounts(file, facts, data),
  }
}

/** A picture that stands before the animation is its first frame, as in Pillow. */
async function decodeApng({ widthPx, heightPx, frames }: Apng, signal: AbortSignal): Promise<Pixels> {
  limitPixels(widthPx * heightPx * frames.length)
  const frameBytes = widthPx * heightPx * 4
  const rgba = new Uint8Array(frameBytes * frames.length)
  const { paint } = createFramePainter({ widthPx, heightPx })
  let hasAlpha = false
  for (const [index, { png, control }] of frames.entries()) {
    signal.throwIfAborted()
    const own = await decodeOne(png)
    hasAlpha ||= own.hasAlpha
    rgba.set(control === undefined ? own.rgba : paint(control, own.rgba), index * frameBytes)
  }
  return { frames: frames.length, heightPx, widthPx, rgba, hasAlpha }
}

/** 16-bit grey is divided by 255, not 257, cut off to whole levels and clipped, as ComfyUI does. */
async function deepGrey(file: Uint8Array, facts: Metadata): Promise<Uint8Array> {
  const bytes = await upright(file, facts).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer()
  const values = new Uint16Array(Uint8Array.from(bytes).buffer)
  const rgba = new Uint8Array(values.length * 4).fill(255)
  for (const [index, value] of values.entries()) {
    rgba.fill(Math.min(255, Math.trunc(value * (1 / 255))), index * 4, index * 4 + 3)
  }
  return rgba
}

/** PNG's single transparent colour is no alpha channel, and GIF is read with one also where nothing is transparent. */
function alphaCounts(file: Uint8Array, facts: Metadata, rgba: Uint8Array): boolean {
  if (!facts.hasAlpha) return false
  if (facts.format === 'gif') return rgba.some((byte, at) => at % 4 === 3 && byte < 255)
  return facts.format !== 'png' || !ONE_COLOUR_TYPES.has(pngColourType(file))
}

/** Colour types of PNG without alpha of their own: grey and RGB. */
const ONE_COLOUR_TYPES: ReadonlySet<number> = new Set([0, 2])

/** Turned as EXIF says; the decoder cannot turn animations. */
function upright(file: Uint8Array, { pages = 1 }: Metadata): Sharp {
  return pages > 1 ? open(file) : open(file).autoOrient()
}

function open(file: Uint8Array): Sharp {
  // The limit is our own, because the decoder's counts one frame.
  return sharp(file, { pages: -1, ignoreIcc: true, failOn: 'error', limitInputPixels: false })
}

function limitPixels(pixels: number): void {
  if (pixels > MAX_PIXELS)
    throw new HostError('TOO_LARGE', `the picture has ${pixels} pixels; at most ${MAX_PIXELS} are read`)
}
