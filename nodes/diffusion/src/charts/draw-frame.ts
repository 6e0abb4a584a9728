/** From a laid-out chart to its SVG. */
import { type ChartFrame, type ChartOptions, frameChart } from './chart-frame.ts'
import { renderChart } from './render-chart.ts'
import { describeFrame } from './step-axis.ts'

/** Draws a chart as SVG text of `widthPx` by as high as its panels need. */
export function drawFrame(frame: ChartFrame, options: ChartOptions): Promise<string> {
  return renderChart(frameChart(frame, options), { title: frame.title, description: describeFrame(frame) })
}
