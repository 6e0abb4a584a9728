/** The charts of one sampling run, by name. */
import type { ChartOptions } from './chart-frame.ts'
import { gammaChart } from './gamma-chart.ts'
import { indicatorChart } from './indicator-chart.ts'
import type { SamplingReport } from './read-report.ts'
import { skipTimeline } from './skip-timeline.ts'
import { stackCharts } from './stack-charts.ts'
import { timeChart } from './time-chart.ts'

export type ReportChartName = 'timeline' | 'indicator' | 'gamma' | 'time'

type Draw = (report: SamplingReport, options?: ChartOptions) => Promise<string>

const CHARTS: Readonly<Record<ReportChartName, Draw>> = {
  timeline: skipTimeline,
  indicator: indicatorChart,
  gamma: gammaChart,
  time: timeChart,
}

export const REPORT_CHARTS: readonly ReportChartName[] = ['timeline', 'indicator', 'gamma', 'time']

/** Draws one chart of a run, or all below each other, as SVG text. */
export async function reportChart(
  report: SamplingReport,
  name: ReportChartName | 'all',
  options: ChartOptions = {},
): Promise<string> {
  if (name !== 'all') return CHARTS[name](report, options)
  const charts = await Promise.all(REPORT_CHARTS.map((each) => CHARTS[each](report, options)))
  return stackCharts(charts, options.theme)
}
