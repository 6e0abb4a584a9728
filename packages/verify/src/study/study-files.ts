/** The files of a study: every row, one line a variant, and the table for people. The plot is drawn from the lines. */
import type { StudyRow } from './run-study.ts'
import { frontOf, type StudyLine } from './summarise-study.ts'

export type StudyFacts = { readonly prompts: number; readonly seeds: readonly number[] }

/** Texts by file name. */
export function studyFiles(
  lines: readonly StudyLine[],
  rows: readonly StudyRow[],
  facts: StudyFacts,
): Readonly<Record<string, string>> {
  return {
    'results.json': `${JSON.stringify({ version: 1, ...facts, lines }, undefined, 1)}\n`,
    'rows.csv': rowsCsv(rows),
    'table.md': tableMarkdown(lines),
  }
}

function rowsCsv(rows: readonly StudyRow[]): string {
  const head = 'variant,prompt,seed,wall_ms,uncached_ms,step_ratio,psnr_db,ssim'
  const text = (value: string): string => `"${value.replaceAll('"', '""')}"`
  const body = rows.map((row) =>
    [
      text(row.variant),
      text(row.prompt),
      row.seed,
      row.wallMs.toFixed(1),
      row.uncachedMs.toFixed(1),
      row.stepRatio.toFixed(3),
      Number.isFinite(row.psnr) ? row.psnr.toFixed(2) : 'inf',
      row.ssim.toFixed(5),
    ].join(','),
  )
  return `${[head, ...body].join('\n')}\n`
}

/** Sorted by speed; variants that no other beats in both speed and quality are bold. */
function tableMarkdown(lines: readonly StudyLine[]): string {
  const front = new Set(frontOf(lines).map(({ variant }) => variant))
  const body = lines
    .toSorted((a, b) => a.wallSpeedup - b.wallSpeedup)
    .map(({ variant, wallSpeedup, stepRatio, psnrMean, psnrLowest, ssimMean }) => {
      const name = front.has(variant) ? `**${variant}**` : variant
      return `| ${name} | ${wallSpeedup.toFixed(2)} | ${stepRatio.toFixed(2)} | ${psnrMean.toFixed(1)} | ${psnrLowest.toFixed(1)} | ${ssimMean.toFixed(4)} |`
    })
  return [
    '| variant | wall speed-up | step ratio | PSNR mean, dB | PSNR lowest, dB | SSIM mean |',
    '|---|---|---|---|---|---|',
    ...body,
    '',
  ].join('\n')
}
