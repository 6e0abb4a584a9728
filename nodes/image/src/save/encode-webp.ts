/** Pictures to one WebP file, animated where there are several. */
import { HostError } from '@dicache/sdk'
import { type FloatTensor, toBytes } from '@dicache/tensor'
import type { WorkflowTexts } from './workflow-texts.ts'

/** How a file is written. */
export type WebpOptions = {
  /** How long each picture is shown; whole. */
  readonly frameMs: number
  readonly lossless: boolean
  /** 0..100. */
  readonly quality: number
  /** 0 is fast, 6 is small. */
  readonly effort: number
  readonly texts: WorkflowTexts
}

/**
 * Encodes a batch `[B, H, W, C]` with 3 or 4 channels; it repeats without end. The texts go into EXIF as ComfyUI puts
 * them: `prompt:…` as the camera's model, `workflow:…` as its maker.
 */
export async function encodeWebp(images: FloatTensor, options: WebpOptions): Promise<Uint8Array> {
  const [frames = 0, height = 0, width = 0, channels = 0] = images.shape
  if (
    images.shape.length !== 4 ||
    Math.min(frames, height, width) < 1 ||
    (channels !== 3 && channels !== 4)
  ) {
    throw new HostError(
      'WRONG_SHAPE',
      `pictures of shape [${images.shape.join(', ')}] cannot be saved: it takes [batch, height, width, channels] with 3 or 4 channels`,
    )
  }
  const { prompt, workflow } = options.texts
  const { default: sharp } = await import('sharp')
  return sharp(toBytes(images).data, {
    raw: { width, height: height * frames, channels, pageHeight: height },
    limitInputPixels: false,
  })
    .webp({
      lossless: options.lossless,
      quality: Math.max(1, options.quality),
      effort: options.effort,
      loop: 0,
      delay: Array.from({ length: frames }, () => options.frameMs),
    })
    .withExif({
      IFD0: { Model: `prompt:${prompt}`, ...(workflow !== undefined && { Make: `workflow:${workflow}` }) },
    })
    .toBuffer()
}
