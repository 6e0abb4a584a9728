/** A sampling REPORT, read for drawing: everything a chart needs, and nothing that a report must have had. */
import { cleanText } from './clean-text.ts'

/** One evaluation of one branch. Numbers that a policy does not have are undefined. */
export type Evaluation = {
  /** Place among the evaluations of its branch, from 0. */
  readonly index: number
  readonly step: number
  readonly decision: string
  readonly computed: boolean
  readonly sigma: number | undefined
  /** The change that the gate added, by the policy's own measure. */
  readonly indicator: number | undefined
  /** What was tested against the threshold. */
  readonly accumulator: number | undefined
  readonly gammaRaw: number | undefined
  readonly gamma: number | undefined
  readonly ms: number | undefined
}

export type Branch = { readonly name: string; readonly evaluations: readonly Evaluation[] }

export type ReportPolicy = {
  readonly kind: string
  /** For people: `DiCache`, `TeaCache`, … */
  readonly name: string
  readonly threshold: number | undefined
  readonly indicator: string | undefined
  readonly gammaClip: readonly [number, number] | undefined
}

export type ReportTotals = Readonly<
  Record<
    | 'evaluations'
    | 'computed'
    | 'reused'
    | 'stepRatio'
    | 'msPerFullStep'
    | 'msPerReusedStep'
    | 'flopIdealSpeedup'
    | 'gammaClippedShare'
    | 'wallMs'
    | 'cacheBytes',
    number | undefined
  >
>

export type SamplingReport = {
  readonly model: string
  readonly sampler: string
  readonly scheduler: string
  readonly steps: number
  readonly policy: ReportPolicy
  readonly totals: ReportTotals
  readonly why: string
  readonly branches: readonly Branch[]
}

/** Decisions that ran the whole model; every other one was answered from the cache. */
const COMPUTED: ReadonlySet<string> = new Set(['forced', 'refreshed', 'computed'])

const NAMES: Readonly<Record<string, string>> = {
  none: 'no cache',
  dicache: 'DiCache',
  interval: 'interval',
  teacache: 'TeaCache',
  fbcache: 'FBCache',
  easycache: 'EasyCache',
  magcache: 'MagCache',
  taylorseer: 'TaylorSeer',
}

/** Reads a REPORT. @throws RangeError when it is not one of a sampling run. */
export function readReport(value: unknown): SamplingReport {
  const report = record(value)
  const entries = list(report['entries']).map(record)
  if (entries.length === 0) {
    throw new RangeError(
      'this REPORT holds no sampling steps: connect the report of a sampler (DiCacheSampler) that ran at least one step',
    )
  }
  const policy = readPolicy(record(report['policy']))
  const listed = list(report['branches']).map(String)
  const found = entries.map((entry) => text(entry['branch']))
  const totals = record(report['totals'])
  return {
    model: text(report['model']),
    sampler: text(report['sampler']),
    scheduler: text(report['scheduler']),
    steps: number(report['steps']) ?? 0,
    policy,
    totals: {
      evaluations: number(totals['evaluations']),
      computed: number(totals['computed']),
      reused: number(totals['reused']),
      stepRatio: number(totals['stepRatio']),
      msPerFullStep: number(totals['msPerFullStep']),
      msPerReusedStep: number(totals['msPerReusedStep']),
      flopIdealSpeedup: number(totals['flopIdealSpeedup']),
      gammaClippedShare: number(totals['gammaClippedShare']),
      wallMs: number(totals['wallMs']),
      cacheBytes: number(totals['cacheBytes']),
    },
    why: text(report['why']),
    branches: [...new Set([...listed, ...found])].map((name) => ({
      name: cleanText(name),
      evaluations: entries
        .filter((entry) => text(entry['branch']) === cleanText(name))
        .map((entry, index) => evaluation(entry, index, policy)),
    })),
  }
}

function readPolicy(policy: Readonly<Record<string, unknown>>): ReportPolicy {
  const kind = text(policy['kind'])
  const [lo, hi] = list(policy['gammaClip']).map(number)
  return {
    kind,
    name: NAMES[kind] ?? (kind === '' ? 'unknown policy' : kind),
    threshold: number(policy['threshold']),
    indicator: typeof policy['indicator'] === 'string' ? text(policy['indicator']) : undefined,
    gammaClip: lo === undefined || hi === undefined ? undefined : [lo, hi],
  }
}

function evaluation(
  entry: Readonly<Record<string, unknown>>,
  index: number,
  policy: ReportPolicy,
): Evaluation {
  const decision = text(entry['decision'])
  return {
    index,
    step: number(entry['step']) ?? index,
    decision,
    computed: COMPUTED.has(decision),
    sigma: number(entry['sigma']),
    indicator: indicatorOf(entry, policy),
    accumulator: number(entry['accumulator']),
    gammaRaw: number(entry['gammaRaw']),
    gamma: number(entry['gamma']),
    ms: number(entry['ms']),
  }
}

function indicatorOf(entry: Readonly<Record<string, unknown>>, policy: ReportPolicy): number | undefined {
  const own = number(entry['indicator']) ?? number(record(entry['extra'])['indicator'])
  if (own !== undefined || policy.kind !== 'dicache') return own
  const [x, y] = [number(entry['deltaX']), number(entry['deltaY'])]
  if (policy.indicator !== 'delta_minus') return y
  return x === undefined || y === undefined ? undefined : Math.abs(y - x)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Finite numbers only; a parsed document holds `5.0` as an object that keeps its form. */
function number(value: unknown): number | undefined {
  const plain = typeof value === 'object' && value !== null && 'value' in value ? value.value : value
  return typeof plain === 'number' && Number.isFinite(plain) ? plain : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? cleanText(value) : ''
}
