/** One sentence for whoever asks why the cache did, or did not, do anything. */
import type { ReportFacts } from './report-facts.ts'

export function whyReused(facts: ReportFacts, reused: number): string {
  const { policy, entries } = facts
  if (policy.kind === 'none') return 'The step cache is off: every step was computed.'
  if (policy.kind === 'magcache-calibration')
    return 'MagCache had no ratios, so this run measured them and computed every step: give calibration.ratios of this report to the node that makes the PROBE.'
  const would = entries.filter(({ action }) => action !== 'forced' && action !== 'refreshed').length
  if (facts.shadow)
    return `A shadow run: every step was computed; ${would} of ${entries.length} evaluations would have been answered from the cache.`
  if (reused > 0) return `${reused} of ${entries.length} evaluations were answered from the cache.`
  const threshold = 'threshold' in policy ? policy.threshold : undefined
  if (threshold === 0) return 'Nothing was reused: the threshold is 0, which asks for the exact result.'
  const free = entries.filter(({ reason }) => !WITHOUT_ASKING.has(reason))
  if (free.length === 0)
    return `Nothing was reused: all ${facts.steps} steps are warm-up, outside the windows, or the forced last one. Use more steps or a shorter warm-up.`
  if (threshold === undefined) return 'Nothing was reused: the schedule computes every step.'
  const smallest = Math.min(...free.map(({ indicator }) => indicator ?? Number.POSITIVE_INFINITY))
  if (facts.steps <= 8)
    return `Nothing was reused: with ${facts.steps} steps neighbouring steps differ too much (smallest change ${smallest.toFixed(3)}, threshold ${threshold}).`
  return `Nothing was reused: the smallest change was ${smallest.toFixed(3)}, above the threshold ${threshold}. Raise the threshold.`
}

const WITHOUT_ASKING: ReadonlySet<string> = new Set([
  'warm-up',
  'last-step',
  'outside-window',
  'collecting',
  'no-anchor',
])
