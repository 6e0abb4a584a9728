/** The settings that a comparison runs, from the words of the command line. */
import { HostError } from '@dicache/protocol'
import type { CompareNodes } from './find-nodes.ts'

/** One setting to be run. `series` is the policy of its report where it is not given, and `name` made of both. */
export type PlannedVariant = {
  readonly label: string
  readonly name?: string
  readonly series?: string
  /** Follow the settings that all runs share, and win over them. */
  readonly settings: readonly string[]
  /** Follows the policy in `series`: what its points have in common beside it. */
  readonly under?: string
  /** Takes the place of every node that makes a PROBE. */
  readonly probe?: ProbeChoice
}

/** A node that makes a PROBE, and its settings that are not their defaults, as texts. */
export type ProbeChoice = { readonly type: string; readonly settings: readonly (readonly [string, string])[] }

export type VariantWords = {
  readonly thresholds: readonly string[]
  readonly steps: readonly string[]
  readonly policies: readonly string[]
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
    ...words.policies.map((text) => policyPlan(text, nodes)),
    ...words.variants.map(ownVariant),
  ]
  if (planned.length === 0)
    throw new HostError(
      'BAD_REQUEST',
      'nothing to compare: give --thresholds, --policy, --steps or --variant',
    )
  return planned
}

/** `TYPE: NAME=VALUE; NAME=VALUE`, or `TYPE` alone for its defaults. */
function policyPlan(text: string, { probes }: CompareNodes): PlannedVariant {
  if (probes.length === 0)
    throw new HostError(
      'BAD_REQUEST',
      'the workflow has no node that makes a PROBE, whose place another policy could take: add a ProbeConfig',
    )
  const { head, settings } = readVariant(text)
  const pairs = settings.map((setting) => {
    const equals = setting.indexOf('=')
    return [setting.slice(0, Math.max(equals, 0)).trim(), setting.slice(equals + 1).trim()] as const
  })
  if (head === '' || pairs.some(([name]) => name === ''))
    throw new HostError(
      'BAD_REQUEST',
      `"${text}" is no policy: write TYPE: NAME=VALUE; NAME=VALUE, such as "ProbeConfig: threshold=0.2"`,
    )
  const threshold = pairs.findLast(([name]) => name === 'threshold')
  const others = pairs
    .filter(([name]) => name !== 'threshold')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
  const probe = { type: head, settings: pairs }
  // Thresholds of one setting make a line of the plot.
  return threshold === undefined
    ? { label: others === '' ? 'defaults' : others, settings: [], probe }
    : { label: `δ ${threshold[1]}`, ...(others === '' ? {} : { under: others }), settings: [], probe }
}

/** `LABEL: NAME=VALUE; NAME=VALUE`; `SERIES, LABEL: …` joins points of one series. */
function ownVariant(text: string): PlannedVariant {
  const { head, settings } = readVariant(text)
  if (head === '' || settings.length === 0)
    throw new HostError(
      'BAD_REQUEST',
      `"${text}" is no variant: write LABEL: NAME=VALUE; NAME=VALUE, such as "deep probe: 5.probe_depth=3"`,
    )
  const [, series = head, label = head] = /^(.+?),\s*(.+)$/.exec(head) ?? []
  return { label, name: head, series, settings }
}

function readVariant(text: string): { readonly head: string; readonly settings: readonly string[] } {
  const colon = text.includes(':') ? text.indexOf(':') : text.length
  const settings = text
    .slice(colon + 1)
    .split(';')
    .map((setting) => setting.trim())
    .filter((setting) => setting !== '')
  return { head: text.slice(0, colon).trim(), settings }
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
