/** The settings that a comparison runs, from the words of the command line. */
import { HostError } from '@dicache/protocol'
import type { CompareNodes } from './find-nodes.ts'

/** One setting to be run. What it is called beside `label` follows from its report where it is not given. */
export type PlannedVariant = {
  readonly label: string
  readonly name?: string
  readonly series?: string
  /** Follow the settings that all runs share, and win over them. */
  readonly settings: readonly string[]
}

export type VariantWords = {
  readonly thresholds: readonly string[]
  readonly steps: readonly string[]
  readonly variants: readonly string[]
}

/** The uncached run. */
export function uncachedPlan({ caches }: CompareNodes): PlannedVariant {
  return {
    label: 'uncached',
    name: 'uncached',
    series: 'no cache',
    settings: caches.map((id) => `${id}.enabled=false`),
  }
}

/** The runs that are held against it, thresholds first. @throws HostError BAD_REQUEST for words that name no run. */
export function planVariants(words: VariantWords, nodes: CompareNodes): readonly PlannedVariant[] {
  const { caches, samplers } = nodes
  if (words.thresholds.length > 0 && caches.length === 0)
    throw new HostError(
      'BAD_REQUEST',
      'the workflow has no node with a step cache (ProbeConfig or DiCache): add one, or compare with --steps or --variant',
    )
  if (words.steps.length > 0 && samplers.length === 0)
    throw new HostError('BAD_REQUEST', 'the workflow has no node with a number of steps')
  const planned = [
    ...words.thresholds.map((threshold) => ({
      label: `δ ${numberIn('thresholds', threshold)}`,
      settings: caches.flatMap((id) => [`${id}.enabled=true`, `${id}.threshold=${threshold}`]),
    })),
    ...words.steps.map((steps) => ({
      label: `${numberIn('steps', steps)} steps`,
      name: `fewer steps: ${steps}`,
      series: 'fewer steps',
      settings: [...uncachedPlan(nodes).settings, ...samplers.map((id) => `${id}.steps=${steps}`)],
    })),
    ...words.variants.map(ownVariant),
  ]
  if (planned.length === 0)
    throw new HostError('BAD_REQUEST', 'nothing to compare: give --thresholds, --steps or --variant')
  return planned
}

/** `LABEL: NAME=VALUE; NAME=VALUE`. */
function ownVariant(text: string): PlannedVariant {
  const colon = text.indexOf(':')
  const label = text.slice(0, colon).trim()
  const settings = text
    .slice(colon + 1)
    .split(';')
    .map((setting) => setting.trim())
    .filter((setting) => setting !== '')
  if (colon < 0 || label === '' || settings.length === 0)
    throw new HostError(
      'BAD_REQUEST',
      `"${text}" is no variant: write LABEL: NAME=VALUE; NAME=VALUE, such as "deep probe: 5.probe_depth=3"`,
    )
  return { label, name: label, settings }
}

/** The words of a list separated by commas. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function numberIn(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0)
    throw new HostError('BAD_REQUEST', `--${option} takes numbers separated by commas, not "${text}"`)
  return value
}
