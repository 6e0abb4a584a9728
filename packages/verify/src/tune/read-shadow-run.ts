/** A shadow run's report as the threshold helper needs it. */
import { type DiCachePolicy, policyOf } from '@dicache/diffusion'
import { list, numberOf, numbersOf, record, text } from '../json.ts'
import type { ShadowEntry, ShadowRun } from './replay-threshold.ts'

/**
 * Reads policy, indicators and times of a report.
 * @throws TypeError when the report is of another policy, or has no indicators
 */
export function readShadowRun(report: unknown): { readonly policy: DiCachePolicy; readonly run: ShadowRun } {
  const { policy: told, entries, branches, steps, totals } = record(report)
  const policy = readPolicy(told, numberOf(steps) ?? 0)
  const names = list(branches).map(text)
  const rows = list(entries).map(record)
  const alone = policy.cfg === 'independent' ? names : names.slice(0, 1)
  const deciders = alone.map((name) => rows.filter(({ branch }) => branch === name).flatMap(readEntry))
  if (deciders.every((series) => series.length === 0))
    throw new TypeError('the shadow run recorded no indicators')
  const times = record(totals)
  const fullStepMs = (numberOf(times['msPerFullStep']) ?? Number.NaN) * names.length
  const probeMs = numberOf(times['msPerProbe']) ?? Number.NaN
  const reuseMs = numberOf(times['msPerReuse']) ?? 0
  return {
    policy,
    run: { steps: numberOf(steps) ?? 0, deciders, fullStepMs, reusedStepMs: probeMs + reuseMs },
  }
}

function readEntry(row: Readonly<Record<string, unknown>>): readonly ShadowEntry[] {
  const [step, deltaX, deltaY] = [numberOf(row['step']), numberOf(row['deltaX']), numberOf(row['deltaY'])]
  return step === undefined || deltaX === undefined || deltaY === undefined ? [] : [{ step, deltaX, deltaY }]
}

function readPolicy(told: unknown, steps: number): DiCachePolicy {
  const policy = record(told)
  if (policy['kind'] !== 'dicache')
    throw new TypeError('the report is not of a DiCache run: only its threshold can be tuned')
  const cfg = text(policy['cfg'])
  const [low = 1, high = 1.5] = numbersOf(policy['gammaClip'])
  const longest = numberOf(policy['maxConsecutive'])
  return {
    ...policyOf({ profile: 'flux', steps }),
    threshold: numberOf(policy['threshold']) ?? 0,
    indicator: policy['indicator'] === 'delta_minus' ? 'delta_minus' : 'delta_y',
    warmupSteps: numberOf(policy['warmupSteps']) ?? 0,
    forceLast: policy['forceLast'] === true,
    reuseWhen: policy['reuseWhen'] === 'less-or-equal' ? 'less-or-equal' : 'less',
    gammaClip: [low, high],
    cfg: cfg === 'cond-decides' || cfg === 'joint' ? cfg : 'independent',
    maxConsecutive: longest ?? Number.POSITIVE_INFINITY,
    windows: list(policy['windows']).map((window) => {
      const [from = 0, to = steps] = numbersOf(window)
      return [from, to] as const
    }),
  }
}
