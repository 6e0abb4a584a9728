/** What nodes add to a prompt beside its vectors, and what of it samplers honour. */
import { HostError } from '@dicache/sdk'
import type { ReferenceMethod, References } from '@dicache/models'
import type { ConditioningEntry } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'

/** The part of the sampling in which a prompt counts, as shares of the model's time: 0 the noise, 1 the end. */
export type TimestepRange = { readonly start: number; readonly end: number }

/** A rectangle in latent cells, and how strong the prompt is in it. */
export type ConditioningArea = {
  readonly widthCells: number
  readonly heightCells: number
  readonly x: number
  readonly y: number
  readonly strength: number
}

const RANGE = 'timestepRange'
const AREA = 'area'
const REFERENCES = 'referenceLatents'
const REFERENCE_METHOD = 'referenceMethod'
const PICTURE = 'pictureChannels'
/** What samplers honour. */
const KNOWN: ReadonlySet<string> = new Set([RANGE, REFERENCES, REFERENCE_METHOD, PICTURE])

export function withTimestepRange(entry: ConditioningEntry, range: TimestepRange): ConditioningEntry {
  return { ...entry, extra: { ...entry.extra, [RANGE]: range } }
}

export function withArea(entry: ConditioningEntry, area: ConditioningArea): ConditioningEntry {
  return { ...entry, extra: { ...entry.extra, [AREA]: area } }
}

export function timestepRange({ extra }: ConditioningEntry): TimestepRange | undefined {
  return extra?.[RANGE] as TimestepRange | undefined
}

/** The prompt with one picture more to look at. @param latent `[B, C, H, W]`, as samplers take it */
export function withReference(entry: ConditioningEntry, latent: FloatTensor): ConditioningEntry {
  const latents = [...(referencesOf(entry)?.latents ?? []), latent]
  return { ...entry, extra: { ...entry.extra, [REFERENCES]: latents } }
}

/** How the places of its references differ; it may be said before there are any. */
export function withReferenceMethod(entry: ConditioningEntry, method: ReferenceMethod): ConditioningEntry {
  return { ...entry, extra: { ...entry.extra, [REFERENCE_METHOD]: method } }
}

/** A latent for models that take a picture as channels beside their own (FLUX.1 Canny and Depth). @param latent `[B, C, H, W]` */
export function withPictureChannels(entry: ConditioningEntry, latent: FloatTensor): ConditioningEntry {
  return { ...entry, extra: { ...entry.extra, [PICTURE]: latent } }
}

/** Whether a prompt has a picture for channels that this model does not have: it is not looked at, as in ComfyUI. */
export function hasPictureChannels({ extra }: ConditioningEntry): boolean {
  return extra?.[PICTURE] !== undefined
}

/** The pictures that a prompt has beside its text. */
export function referencesOf({ extra }: ConditioningEntry): References | undefined {
  const latents = extra?.[REFERENCES] as readonly FloatTensor[] | undefined
  const method = (extra?.[REFERENCE_METHOD] ?? 'offset') as ReferenceMethod
  return latents === undefined ? undefined : { latents, method }
}

/** @throws HostError NODE_FAILED for what would be ignored otherwise. */
export function refuseUnsupported({ extra }: ConditioningEntry): void {
  const area = extra?.[AREA] as ConditioningArea | undefined
  if (area !== undefined) {
    throw new HostError(
      'NODE_FAILED',
      `a prompt is limited to an area of ${area.widthCells * 8} × ${area.heightCells * 8} pixels, which this sampler cannot do: its models look at the whole picture. Take the node "Conditioning (Set Area)" out.`,
    )
  }
  const other = Object.keys(extra ?? {}).find((name) => !KNOWN.has(name))
  if (other !== undefined)
    throw new HostError('NODE_FAILED', `a prompt carries "${other}", which this sampler does not know`)
}
