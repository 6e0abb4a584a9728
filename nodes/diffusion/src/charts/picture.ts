/** Charts as pictures, and pictures as PNG: the only file of this folder that draws pixels. */
import { batchView, type FloatTensor, fromBytes, toBytes } from '@dicache/tensor'
import { outlineText } from './outline-text.ts'

export type ChartPicture = {
  readonly png: Uint8Array
  /** float32 [1, H, W, 3], 0..1. */
  readonly image: FloatTensor
}

/**
 * Draws a chart of a theme with colours of its own (`light`, `dark`).
 * @param scale pixels of the picture a pixel of the chart
 */
export async function chartPicture(svg: string, scale: number = 2): Promise<ChartPicture> {
  const { default: sharp } = await import('sharp')
  const outlined = await outlineText(svg)
  const drawn = sharp(Buffer.from(outlined), { density: 72 * scale, limitInputPixels: 2 ** 28 })
  const { data, info } = await drawn
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const shape = [1, info.height, info.width, 3]
  const bytes = { dtype: 'uint8', shape, data: new Uint8Array(data) } as const
  const png = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .png()
    .toBuffer()
  return { png: new Uint8Array(png), image: fromBytes(bytes) }
}

/**
 * The first picture of a batch as PNG.
 * @param image float32 [B, H, W, C], 0..1; C = 1, 3 or 4. Values are truncated to 8 bits, as saved pictures are.
 */
export async function imagePng(image: FloatTensor): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  const [, height = 0, width = 0, channels = 0] = image.shape
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new RangeError(`a picture of ${channels} channels cannot be drawn; 1, 3 or 4 can`)
  const png = await sharp(toBytes(batchView(image, 0)).data, { raw: { width, height, channels } })
    .png()
    .toBuffer()
  return new Uint8Array(png)
}
