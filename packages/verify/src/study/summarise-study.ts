/** A study's rows as one line a variant. */
import { median } from '../bench/median.ts'
import type { StudyRow } from './run-study.ts'
import type { Variant } from './variants.ts'

export type StudyLine = {
  readonly variant: string
  readonly series: string
  readonly pictures: number
  /** Median over pictures of uncached time / time. */
  readonly wallSpeedup: number
  readonly stepRatio: number
  /** Mean and lowest over pictures, dB against the uncached picture. */
  readonly psnrMean: number
  readonly psnrLowest: number
  readonly ssimMean: number
}

/** dB that stand for an equal picture, so that means stay finite. */
const EQUAL_DB = 100

export function summariseStudy(
  variants: readonly Variant[],
  rows: readonly StudyRow[],
): readonly StudyLine[] {
  return variants.flatMap(({ name, series }) => {
    const own = rows.filter(({ variant }) => variant === name)
    if (own.length === 0) return []
    const decibels = own.map((row) => Math.min(row.psnr, EQUAL_DB))
    return [
      {
        variant: name,
        series,
        pictures: own.length,
        wallSpeedup: median(own.map(({ wallMs, uncachedMs }) => uncachedMs / wallMs)),
        stepRatio: mean(own.map(({ stepRatio }) => stepRatio)),
        psnrMean: mean(decibels),
        psnrLowest: Math.min(...decibels),
        ssimMean: mean(own.map(({ ssim }) => ssim)),
      },
    ]
  })
}

/** The variants that no other beats in both speed and mean quality. */
export function frontOf(lines: readonly StudyLine[]): readonly StudyLine[] {
  return lines.filter(
    (line) => !lines.some((other) => other.wallSpeedup > line.wallSpeedup && other.psnrMean > line.psnrMean),
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}
