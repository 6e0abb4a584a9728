/** Shows a run while it samples: now and then a small JPEG of what the model thinks the picture will be. */
import type { EncodedImage, HostServices, Reporter } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'
import { type LatentMap, paintLatent, readLatentMap } from './latent-map.ts'
import { learnedMap, noteKey } from './learned-maps.ts'
import type { SharedModelFile } from './open-model-file.ts'
import { principalMap } from './principal-map.ts'

/** Milliseconds between two previews, at least. */
const EVERY_MS = 250
/** The longer side that small latents are scaled up to: as large as a preview is shown. */
const SIDE_PX = 256

/** Previews of one sampling run. */
export type LatentPreviews = {
  /** Shows a prediction of the finished latent, unless the last one was just shown or is still being encoded. */
  readonly show: (denoised: FloatTensor) => void
}

/** The map of a latent; undefined where there is none. */
export type MapOf = (denoised: FloatTensor) => LatentMap | undefined

/** Makes previews. Encoding happens beside the run; its faults are told once, and end the previews. */
export function createLatentPreviews(
  mapOf: MapOf,
  report: Reporter,
  now: () => number = () => performance.now(),
): LatentPreviews {
  let nextAt = -Infinity
  let isBusy = false
  const encode = async (denoised: FloatTensor): Promise<void> => {
    const map = mapOf(denoised)
    const picture = map && paintLatent(map, denoised)
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

/** What a sampler needs for previews. */
export type OpenedPreviews = {
  /** Undefined where nobody sees them. */
  readonly previews: LatentPreviews | undefined
  /** What the latent is to carry (`LatentValue.sampledBy`), so that decoding it teaches the colours of the next run. */
  readonly sampledBy: string | undefined
}

/**
 * Previews of a model's latents: by the map beside its file, else by the one that was learned from pictures that were
 * decoded before, else grey. Tells what is wrong with a map that cannot be read.
 */
export async function openPreviews(
  { path, key }: Pick<SharedModelFile, 'path' | 'key'>,
  { host, report }: { readonly host: HostServices; readonly report: Reporter },
): Promise<OpenedPreviews> {
  const { map: own, fault } = await readLatentMap(path)
  if (fault !== undefined && report.showsPreviews) report.log(fault, 'warning')
  const sampledBy = own === undefined ? noteKey(key) : undefined
  if (!report.showsPreviews) return { previews: undefined, sampledBy }
  const map = own ?? (sampledBy === undefined ? undefined : await learnedMap(host, sampledBy))
  return { previews: createLatentPreviews(map === undefined ? greys() : () => map, report), sampledBy }
}

/** Grey pictures of one run: what was light stays light. */
function greys(): MapOf {
  let direction: readonly number[] | undefined
  return function grey(denoised) {
    const found = principalMap(denoised, direction)
    direction = found?.direction ?? direction
    return found?.map
  }
}
