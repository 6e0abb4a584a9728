/** Pictures to PNG bytes. */
import { HostError } from '@dicache/sdk'
import { type FloatTensor, toBytes } from '@dicache/tensor'

/**
 * Encodes one picture as 8-bit RGB or RGBA. Values are truncated, not rounded, as ComfyUI does; alpha stays as it is.
 * @param image float32 `[1, H, W, C]`, 0..1; C = 3 or 4
 * @param compression zlib level, 0..9
 * @throws HostError WRONG_SHAPE for another number of channels, and for a picture without pixels.
 */
export async function encodePng(image: FloatTensor, compression: number): Promise<Uint8Array> {
  const [, height = 0, width = 0, channels = 0] = image.shape
  if (image.shape.length !== 4 || height < 1 || width < 1 || (channels !== 3 && channels !== 4)) {
    throw new HostError(
      'WRONG_SHAPE',
      `a picture of shape [${image.shape.join(', ')}] cannot be saved: it takes [batch, height, width, channels] with 3 or 4 channels`,
    )
  }
  const { default: sharp } = await import('sharp')
  return sharp(toBytes(image).data, { raw: { width, height, channels } })
    .png({ compressionLevel: compression })
    .toBuffer()
}
