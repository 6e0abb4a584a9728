/** Work on pictures of users through sharp: only pixel formats, and no more pixels than a limit. */
import { HostError } from '@dicache/protocol'
import type { Metadata, Sharp } from 'sharp'

/** More pixels than this are not decoded: a few kilobytes can unpack to gigabytes. */
const MAX_PIXELS = 100_000_000

/** What is decoded. SVG and PDF, which can refer to other files, are not. */
const FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif'])

/** A picture that was looked into. */
export type OpenedPicture = { readonly picture: Sharp; readonly metadata: Metadata }

/** Opens a picture. @throws UNSUPPORTED_FILE when it is none, TOO_LARGE */
export async function openPicture(file: string): Promise<OpenedPicture> {
  // Loaded with the first picture, so that a server starts without it.
  const { default: sharp } = await import('sharp')
  const picture = sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
  const metadata = await decoding(() => picture.metadata())
  if (!FORMATS.has(metadata.format)) throw notAPicture()
  if (metadata.width * metadata.height > MAX_PIXELS)
    throw new HostError('TOO_LARGE', `The picture has more than ${MAX_PIXELS / 1e6} million pixels.`)
  return { picture, metadata }
}

/** Runs a step of sharp; what it throws is the picture's fault. @throws UNSUPPORTED_FILE */
export async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw notAPicture(cause)
  }
}

/** Re-encodes for a thumbnail: `webp`, `jpeg;80`. @throws BAD_REQUEST for another format */
export async function encodePreview(
  file: string,
  wish: string,
): Promise<{ readonly bytes: Uint8Array; readonly type: string }> {
  const [format = '', quality = '90'] = wish.split(';', 2)
  const level = /^\d{1,3}$/.test(quality) ? Math.min(100, Math.max(1, Number(quality))) : 90
  if (format !== 'webp' && format !== 'jpeg')
    throw new HostError(
      'BAD_REQUEST',
      'The preview must be "webp" or "jpeg", with a quality after a semicolon.',
    )
  const { picture } = await openPicture(file)
  const encoded = format === 'webp' ? picture.webp({ quality: level }) : picture.jpeg({ quality: level })
  return { bytes: await decoding(() => encoded.toBuffer()), type: `image/${format}` }
}

/** One part of a picture as PNG: `rgb` without alpha, `a` black with only the alpha. */
export async function encodeChannel(file: string, channel: 'rgb' | 'a'): Promise<Uint8Array> {
  const { picture } = await openPicture(file)
  if (channel === 'rgb') return decoding(() => picture.removeAlpha().png().toBuffer())
  const { data, info } = await decoding(() =>
    picture.ensureAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }),
  )
  const { width, height, channels } = info
  for (let at = 0; at < data.length; at += channels) data.fill(0, at, at + channels - 1)
  const { default: sharp } = await import('sharp')
  return sharp(data, { raw: { width, height, channels } }).png().toBuffer()
}

/**
 * The original with the alpha of another picture, as PNG; a mask of another size is scaled to it.
 * @throws UNSUPPORTED_FILE, TOO_LARGE
 */
export async function putAlpha(original: string, mask: string): Promise<Uint8Array> {
  const [base, over] = [await openPicture(original), await openPicture(mask)]
  const { width, height } = base.metadata
  const { data: rgb } = await decoding(() =>
    base.picture.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }),
  )
  const { data: alpha } = await decoding(() =>
    over.picture
      .ensureAlpha()
      .extractChannel('alpha')
      .resize(width, height, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true }),
  )
  const { default: sharp } = await import('sharp')
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
}

function notAPicture(cause?: unknown): HostError {
  return new HostError('UNSUPPORTED_FILE', 'This is no picture that can be read.', { cause })
}
