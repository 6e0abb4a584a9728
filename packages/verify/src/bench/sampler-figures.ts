/** What `bench sampler` prints, from pairs of runs and the floor of their matrix products. */
import type { OpenGraph } from '@dicache/tensor'
import { productFlops, productsMs } from './gemm-floor.ts'
import { median } from './median.ts'
import type { SamplingRun } from './sampling-run.ts'

export type SamplerFigures = {
  readonly steps: number
  readonly branches: number
  readonly fullStepMs: number
  readonly reusedStepMs: number
  readonly stepRatio: number
  readonly wallSpeedup: number
  readonly flopIdealSpeedup: number
  readonly efficiency: number
  /** Share of a cached run's time that its events and report take. */
  readonly reportShare: number
  readonly floorMs: number
  readonly floorGflops: number
  readonly fullStepOverFloor: number
  readonly parts: readonly {
    readonly part: string
    readonly ms: number
    readonly gflops: number
    readonly gemmGflops: number
  }[]
}

/** Figures of pairs; the products run between the pairs' medians, on the same machine in the same minute. */
export async function samplerFigures(
  pairs: readonly { readonly cached: SamplingRun; readonly plain: SamplingRun }[],
  openGraph: OpenGraph,
  now: () => number,
): Promise<SamplerFigures> {
  const [first] = pairs
  if (first === undefined) throw new RangeError('no runs to take figures of')
  const { plain } = first
  const branches = plain.branches
  const perStep = (runs: readonly SamplingRun[], computed: boolean): number =>
    median(
      runs.flatMap(({ entries }) =>
        entries.filter((entry) => entry.computed === computed).map(({ ms }) => ms),
      ),
    ) * branches
  const fullStepMs = perStep(
    pairs.map((pair) => pair.plain),
    true,
  )
  const reusedStepMs = perStep(
    pairs.map((pair) => pair.cached),
    false,
  )
  const probeMs = median(pairs.map((pair) => pair.plain.probeMs))
  const times: Readonly<Record<string, number>> = { probe: probeMs, deep: fullStepMs - probeMs }
  const parts: SamplerFigures['parts'][number][] = []
  const floors: number[] = []
  for (const part of ['probe', 'deep'] as const) {
    const floorMs = await productsMs(openGraph, plain.products[part], now)
    floors.push(floorMs)
    const flops = productFlops(plain.products[part])
    const ms = times[part] ?? Number.NaN
    parts.push({
      part,
      ms,
      gflops: (flops + plain.attentionFlops[part]) / ms / 1e6,
      gemmGflops: flops / floorMs / 1e6,
    })
  }
  const floorMs = floors.reduce((a, b) => a + b, 0)
  const wallSpeedup = median(pairs.map((pair) => pair.plain.wallMs / pair.cached.wallMs))
  const flopIdealSpeedup = median(pairs.map((pair) => pair.cached.flopIdealSpeedup))
  return {
    steps: plain.steps,
    branches,
    fullStepMs,
    reusedStepMs,
    stepRatio: median(pairs.map((pair) => pair.cached.stepRatio)),
    wallSpeedup,
    flopIdealSpeedup,
    efficiency: median(
      pairs.map((pair) => pair.plain.wallMs / pair.cached.wallMs / pair.cached.flopIdealSpeedup),
    ),
    reportShare: median(pairs.map(({ cached }) => cached.reportMs / cached.wallMs)),
    floorMs,
    floorGflops: (productFlops(plain.products.probe) + productFlops(plain.products.deep)) / floorMs / 1e6,
    fullStepOverFloor: fullStepMs / floorMs,
    parts,
  }
}
