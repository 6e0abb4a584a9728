/** Shows a run while it samples: now and then a small JPEG of what the model thinks the picture will be. */
import type { EncodedImage, Reporter } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'
import { type LatentMap, paintLatent, readLatentMap } from './latent-map.ts'

/** Milliseconds between two previews, at least. */
const EVERY_MS = 250
/** The longer side that small latents are scaled up to: as large as a preview is shown. */
const SIDE_PX = 256

/** Previews of one sampling run. */
export type LatentPreviews = {
  /** Shows a prediction of the finished latent, unless the last one was just shown or is still being encoded. */
  readonly show: (denoised: FloatTensor) => void
}

/** Makes previews. Encoding happens beside the run; its faults are told once, and end the previews. */
export function createLatentPreviews(
  map: LatentMap,
  report: Reporter,
  now: () => number = () => performance.now(),
): LatentPreviews {
  let nextAt = -Infinity
  let isBusy = false
  const encode = async (denoised: FloatTensor): Promise<void> => {
    const picture = paintLatent(map, denoised)
    if (picture !== undefined) report.preview(await encodeJpeg(picture))
    // The next one waits for this one: a slow machine shows fewer.
    isBusy = false
  }
  return {
    show(denoised) {
      if (isBusy || now() < nextAt) return
      isBusy = true
      nextAt = now() + EVERY_MS
      encode(denoised).catch((error: unknown) => {
        logQuietly(report, error)
      })
    },
  }
}

async function encodeJpeg(picture: NonNullable<ReturnType<typeof paintLatent>>): Promise<EncodedImage> {
  const { data, widthPx, heightPx } = picture
  const factor = Math.max(1, Math.floor(SIDE_PX / Math.max(widthPx, heightPx)))
  const [width, height] = [widthPx * factor, heightPx * factor]
  const { default: sharp } = await import('sharp')
  const bytes = await sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .resize(width, height, { kernel: 'cubic' })
    .jpeg({ quality: 80 })
    .toBuffer()
  return { mimeType: 'image/jpeg', widthPx: width, heightPx: height, base64: bytes.toString('base64') }
}

/** A cancelled run cannot be told anything any more. */
function logQuietly(report: Reporter, error: unknown): void {
  try {
    report.log(`There are no previews: ${error instanceof Error ? error.message : String(error)}`, 'warning')
  } catch {
    return
  }
}

/** Previews of a model's latents, where somebody sees them and its file has a map for them; tells what is wrong with a map that cannot be read. */
export async function openPreviews(file: string, report: Reporter): Promise<LatentPreviews | undefined> {
  if (!report.showsPreviews) return undefined
  const { map, fault } = await readLatentMap(file)
  if (fault !== undefined) report.log(fault, 'warning')
  return map && createLatentPreviews(map, report)
}
