import { expect, it } from 'vitest'
import { studyPlots } from './study-plots.ts'
import type { StudyLine } from './summarise-study.ts'

const line = (series: string, label: string): StudyLine => ({
  variant: label === '8 steps' ? label : `${series} ${label}`,
  series,
  pictures: 2,
  wallSpeedup: 2,
  stepRatio: 2.5,
  psnrMean: 47,
  psnrLowest: 40,
  ssimMean: 0.99,
})

it('draws DiCache’s settings beside each other, and the chosen one beside its rivals', async () => {
  const plots = await studyPlots([
    line('fewer steps', '8 steps'),
    line('DiCache, cond decides', 'δ 0.15'),
    line('DiCache, joint', 'δ 0.2'),
    line('TeaCache', 'δ 0.4'),
  ])
  const { 'dicache.svg': own = '', 'rivals.svg': rivals = '' } = plots
  for (const svg of [own, rivals]) {
    expect(svg).toMatch(/^<svg /)
    expect(svg).toContain('fewer steps')
    expect(svg).toContain('DiCache, cond decides')
  }
  expect([own.includes('DiCache, joint'), rivals.includes('DiCache, joint')]).toEqual([true, false])
  expect([own.includes('TeaCache'), rivals.includes('TeaCache')]).toEqual([false, true])
})
