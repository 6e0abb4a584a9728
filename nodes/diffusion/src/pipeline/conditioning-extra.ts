/** What nodes add to a prompt beside its vectors, and what of it samplers honour. */
import { HostError } from '@dicache/sdk'
import type { ConditioningEntry } from '@dicache/sdk'

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

export function withTimestepRange(entry: ConditioningEntry, range: TimestepRange): ConditioningEntry {
  return { ...entry, extra: { ...entry.extra, [RANGE]: range } }
}

export function withArea(entry: ConditioningEntry, area: ConditioningArea): ConditioningEntry {
  return { ...entry, extra: { ...entry.extra, [AREA]: area } }
}

export function timestepRange({ extra }: ConditioningEntry): TimestepRange | undefined {
  return extra?.[RANGE] as TimestepRange | undefined
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
  const other = Object.keys(extra ?? {}).find((name) => name !== RANGE)
  if (other !== undefined)
    throw new HostError('NODE_FAILED', `a prompt carries "${other}", which this sampler does not know`)
}
