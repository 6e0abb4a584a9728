/** What the step cache did, as rows for a timeline and columns for charts; from live events or from the final report. */
import type { JsonObject, JsonValue } from '@dicache/protocol'
import { isJsonArray, isJsonObject } from '@dicache/protocol'
import { listAt, numberOf, objectAt, textAt } from '../document/read-values.ts'
import type { RunView } from './run-view.ts'

/** One evaluation of the model in one branch. */
export type CacheStep = {
  readonly step: number
  readonly branch: string
  readonly computed: boolean
  readonly decision: string
  readonly reason: string
  readonly sigma: number | null
  readonly indicator: number | null
  readonly accumulator: number | null
  readonly gammaRaw: number | null
  readonly gamma: number | null
  readonly ms: number | null
}

/** The whole of one sampler's run. */
export type CacheView = {
  readonly nodeId: string
  readonly live: boolean
  readonly steps: readonly CacheStep[]
  readonly branches: readonly string[]
  readonly computed: number
  readonly reused: number
  /** Evaluations for each that was computed. */
  readonly stepRatio: number
  /** Speed-up against this run's own full steps; none until both kinds were measured. */
  readonly measuredSpeedup: number | undefined
  readonly threshold: number | undefined
  readonly gammaClip: readonly [number, number] | undefined
  readonly why: string | undefined
  readonly mode: string | undefined
  /** Whether each branch decides for itself, the first for all, or all together; not known before the report. */
  readonly scope: 'independent' | 'cond-decides' | 'joint' | undefined
}

/** What a chart can show of a step. */
export type Measure = 'indicator' | 'accumulator' | 'gammaRaw' | 'gamma' | 'ms'

/** One measure of one branch over the steps; `branch` is undefined where it is the same for all. */
export type Curve = {
  readonly branch: string | undefined
  readonly measure: Measure
  readonly values: readonly (number | null)[]
}

/** The samplers of a run, in order of their first event. */
export function cacheNodes(run: RunView): readonly string[] {
  return [...new Set([...run.steps.keys(), ...run.reports.keys()])]
}

/** The view of a sampler; undefined when it told nothing. */
export function cacheView(run: RunView, nodeId: string): CacheView | undefined {
  const report = run.reports.get(nodeId)
  const raw = report === undefined ? (run.steps.get(nodeId) ?? []) : listAt(report, 'entries')
  const steps = raw.flatMap((entry) => readStep(entry))
  if (steps.length === 0 && report === undefined) return undefined
  const computed = steps.filter((step) => step.computed).length
  const totals = objectAt(report, 'totals')
  const policy = objectAt(report, 'policy')
  const [low, high] = listAt(policy, 'gammaClip').map(numberOf)
  const reported = numberOf(totals['estimatedSpeedup'])
  return {
    nodeId,
    live: report === undefined,
    steps,
    branches: [...new Set(steps.map(({ branch }) => branch))],
    computed,
    reused: steps.length - computed,
    stepRatio: computed === 0 ? 0 : steps.length / computed,
    measuredSpeedup: reported ?? speedup(steps),
    threshold: numberOf(policy['threshold']),
    gammaClip: low === undefined || high === undefined ? undefined : [low, high],
    why: report === undefined ? undefined : whyText(report['why']),
    mode: textAt(report, 'mode'),
    scope: SCOPES.find((scope) => scope === policy['cfg']),
  }
}

const SCOPES = ['independent', 'cond-decides', 'joint'] as const

function whyText(why: JsonValue | undefined): string | undefined {
  if (typeof why === 'string') return why
  return isJsonArray(why) ? why.filter((line) => typeof line === 'string').join(' ') : undefined
}

function readStep(entry: JsonValue): CacheStep[] {
  if (!isJsonObject(entry)) return []
  const step = numberOf(entry['step'])
  const decision = textAt(entry, 'decision')
  if (step === undefined || decision === undefined) return []
  return [
    {
      step,
      branch: textAt(entry, 'branch') ?? 'cond',
      decision,
      computed: decision === 'forced' || decision === 'refreshed',
      reason: textAt(entry, 'reason') ?? '',
      sigma: numberAt(entry, 'sigma'),
      indicator: numberAt(entry, 'indicator') ?? numberAt(objectAt(entry, 'extra'), 'indicator'),
      accumulator: numberAt(entry, 'accumulator'),
      gammaRaw: numberAt(entry, 'gammaRaw'),
      gamma: numberAt(entry, 'gamma'),
      ms: numberAt(entry, 'ms'),
    },
  ]
}

function numberAt(entry: JsonObject, key: string): number | null {
  return numberOf(entry[key]) ?? null
}

function speedup(steps: readonly CacheStep[]): number | undefined {
  const full = steps.filter(({ computed, ms }) => computed && ms !== null)
  const spent = steps.reduce((sum, { ms }) => sum + (ms ?? 0), 0)
  if (full.length === 0 || full.length === steps.length || spent === 0) return undefined
  const mean = full.reduce((sum, { ms }) => sum + (ms ?? 0), 0) / full.length
  return (mean * steps.length) / spent
}

/**
 * Curves over the evaluations of all branches, side by side. Where branches decide together and their values are the
 * same, they are one curve.
 */
export function curves(
  { steps, branches, scope }: CacheView,
  measures: readonly Measure[],
): { readonly steps: readonly number[]; readonly curves: readonly Curve[] } {
  const byBranch = branches.map((branch) => steps.filter((step) => step.branch === branch))
  const length = Math.max(0, ...byBranch.map((own) => own.length))
  const rows = Array.from({ length }, (_, at) => byBranch.map((own) => own[at]))
  const shared = scope === 'joint' || scope === 'cond-decides'
  const list = measures.flatMap((measure): Curve[] => {
    const all = branches.map((branch, at) => ({
      branch,
      measure,
      values: rows.map((row) => row[at]?.[measure] ?? null),
    }))
    const [first, ...others] = all
    const same = others.every(({ values }) => values.every((value, at) => value === first?.values[at]))
    return shared && first !== undefined && others.length > 0 && same
      ? [{ ...first, branch: undefined }]
      : all
  })
  return { steps: rows.map((row) => row.find((step) => step !== undefined)?.step ?? 0), curves: list }
}
