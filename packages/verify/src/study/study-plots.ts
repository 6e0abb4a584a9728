/** The study's plots: the settings of DiCache beside each other, and its best one beside its rivals. */
import { paretoChart, type ParetoPoint } from '@dicache/nodes-diffusion/charts'
import type { StudyLine } from './summarise-study.ts'

const FEWER_STEPS = 'fewer steps'
const OWN = 'DiCache'
/** What the rivals are held against: one decision for both guidance branches, one step of warm-up. */
const CHOSEN = 'DiCache, cond decides'

/** SVG texts by file name: measured speed-up against mean PSNR. */
export async function studyPlots(lines: readonly StudyLine[]): Promise<Readonly<Record<string, string>>> {
  const plot = async (wanted: (series: string) => boolean): Promise<string> =>
    paretoChart(lines.filter(({ series }) => wanted(series)).map(pointOf))
  return {
    'dicache.svg': await plot((series) => series.startsWith(OWN) || series === FEWER_STEPS),
    'rivals.svg': await plot((series) => series === CHOSEN || !series.startsWith(OWN)),
  }
}

function pointOf({ variant, series, wallSpeedup, psnrMean, ssimMean }: StudyLine): ParetoPoint {
  const label = variant.startsWith(series) ? variant.slice(series.length).trim() : variant
  return { series, label, wallMs: Number.NaN, speedup: wallSpeedup, psnr: psnrMean, ssim: ssimMean }
}
