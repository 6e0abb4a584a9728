/** The horizontal axis of charts over a run's evaluations, and what they say about the run in one line. */
import type { ChartFrame, HorizontalAxis } from './chart-frame.ts'
import type { Evaluation, ReportPolicy, SamplingReport } from './read-report.ts'

/** Steps, or evaluations where a sampler asks the model more than once a step. */
export function stepAxis(report: SamplingReport): HorizontalAxis {
  const all = report.branches.flatMap(({ evaluations }) => evaluations)
  const last = Math.max(0, ...all.map(({ index }) => index))
  const once = all.every(({ index, step }) => index === step)
  return {
    domain: [-0.5, last + 0.5],
    title: once ? 'sampler step (from 0)' : 'model evaluation (from 0)',
    whole: true,
  }
}

/** `DiCache, δ 0.2`. */
export function policyLabel({ name, threshold }: ReportPolicy): string {
  return threshold === undefined ? name : `${name}, δ ${plain(threshold)}`
}

/** `DiCache, δ 0.2 · 24 of 60 evaluations reused · step ratio 1.67`. */
export function runSubtitle(report: SamplingReport): string {
  const { reused, evaluations, stepRatio } = report.totals
  return [
    policyLabel(report.policy),
    ...(reused === undefined || evaluations === undefined
      ? []
      : [`${reused} of ${evaluations} evaluations reused`]),
    ...(stepRatio === undefined ? [] : [`step ratio ${stepRatio.toFixed(2)}`]),
  ].join(' · ')
}

/** A number without needless digits. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** All evaluations of all branches that have a value. */
export function valuesOf(
  report: SamplingReport,
  pick: (evaluation: Evaluation) => number | undefined,
): readonly number[] {
  return report.branches.flatMap(({ evaluations }) =>
    evaluations.flatMap((evaluation) => {
      const value = pick(evaluation)
      return value === undefined ? [] : [value]
    }),
  )
}

/** What a screen reader hears of a chart. */
export function describeFrame({ title, subtitle, x, panels }: ChartFrame): string {
  const axes = panels.flatMap(({ label, y }) =>
    y === undefined ? [] : [`${label === undefined ? '' : `${label}: `}${y.title}`],
  )
  return `${title}. ${subtitle}. Over ${x.title}${axes.length === 0 ? '' : `: ${[...new Set(axes)].join('; ')}`}.`
}
