/** Every step cache inside whole runs on the bundled model: exact when off or in shadow, close when on, and a report that says what it did. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createHost, type Host } from '@dicache/host'
import { samplingReportSchema } from '@dicache/nodes-diffusion'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, type SamplerGraph, samplerGraph, samplesOf } from './run-graph.ts'

let home: string
let host: Host

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-policies-'))
  host = await createHost({ home, device: 'cpu', resultCacheBytes: 0 })
})

afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

const STEPS = 12
const isReport = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(samplingReportSchema)

type Entry = {
  readonly step: number
  readonly order: number
  readonly branch: string
  readonly decision: string
  readonly reason: string
  readonly ms: number
  readonly extra: Readonly<Record<string, number | null>>
}
type Report = {
  readonly policy: Readonly<Record<string, unknown>>
  readonly mode: string
  readonly steps: number
  readonly totals: Readonly<Record<string, number | null>>
  readonly calibration?: { readonly ratios: readonly number[] }
  readonly why: string
  readonly entries: readonly Entry[]
}
type Sampled = { readonly samples: Float32Array; readonly report: Report }

async function sample(graph: ApiGraph, on: Host = host): Promise<Sampled> {
  const run = await runGraph(on, graph, { targets: ['sampler'] })
  expect(run.error).toBe('')
  const reports = run.events.flatMap((event) =>
    event.type === 'node.reported' && event.name === 'sampling-report'
      ? [(event.data as unknown as { report: Report }).report]
      : [],
  )
  const [report] = reports
  if (report === undefined) throw new Error('no report')
  isReport(report)
  expect(isReport.errors ?? []).toEqual([])
  return { samples: samplesOf(run.value('sampler')), report }
}

/** The graph with other settings of its sampler. */
function withSampler(options: SamplerGraph, inputs: Readonly<Record<string, unknown>>): ApiGraph {
  const graph: Record<string, unknown> = { ...samplerGraph(options) }
  const sampler = graph['sampler'] as { class_type: string; inputs: Record<string, unknown> }
  graph['sampler'] = { ...sampler, inputs: { ...sampler.inputs, ...inputs } }
  return graph as ApiGraph
}

const rival = (inputs: Readonly<Record<string, unknown>>): SamplerGraph => ({
  steps: STEPS,
  probe: { type: 'StepCacheConfig', inputs },
})
const dicache = (inputs: Readonly<Record<string, unknown>>, steps = STEPS): SamplerGraph => ({
  steps,
  probe: { type: 'ProbeConfig', inputs: { start: 1, threshold: 0.2, ...inputs } },
})

const reused = ({ entries }: Report): number =>
  entries.filter(({ decision }) => decision !== 'forced' && decision !== 'refreshed').length

/** Bytes in array buffers that something still refers to. */
function bytesOfTensors(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('no garbage collector to call')
  // The second call waits for what the first one lets go in the background.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - (b[n] ?? Number.NaN))), 0)
}

const RIVALS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  interval: { every: 2, start: 2 },
  teacache: { threshold: 0.6 },
  fbcache: { threshold: 0.3 },
  easycache: { threshold: 0.5 },
  'taylorseer of the output': { policy: 'taylorseer', every: 2, start: 2 },
  'taylorseer of hidden tokens': { policy: 'taylorseer', every: 2, start: 2, feature: 'hidden', order: 2 },
}

describe.each(Object.entries(RIVALS))('%s', (name, settings) => {
  const inputs = { policy: name, ...settings }

  it('reuses steps, stays close, and is exact when off or in shadow', async () => {
    const plain = await sample(samplerGraph({ steps: STEPS }))
    const on = await sample(samplerGraph(rival(inputs)))
    expect(reused(on.report)).toBeGreaterThanOrEqual(4)
    expect(on.report.totals['computed']).toBe(on.report.entries.length - reused(on.report))
    const far = distance(on.samples, plain.samples)
    expect(far).toBeGreaterThan(1e-5)
    expect(far).toBeLessThan(3)
    expect((await sample(samplerGraph(rival({ ...inputs, enabled: false })))).samples).toEqual(plain.samples)
    const shadow = await sample(samplerGraph(rival({ ...inputs, mode: 'shadow' })))
    expect(shadow.samples).toEqual(plain.samples)
    expect(shadow.report).toMatchObject({ mode: 'shadow', totals: { computed: 2 * STEPS, reused: 0 } })
    expect(shadow.report.totals['wouldReuse']).toBe(reused(shadow.report))
  })
})

it('MagCache measures its ratios in a run without any, and uses them in the next', async () => {
  const plain = await sample(samplerGraph({ steps: STEPS }))
  const calibration = await sample(samplerGraph(rival({ policy: 'magcache' })))
  expect(calibration.samples).toEqual(plain.samples)
  const { calibration: { ratios } = { ratios: [] }, why } = calibration.report
  expect(ratios).toHaveLength(STEPS)
  expect(ratios[0]).toBe(1)
  expect(ratios.every((ratio) => ratio > 0.5 && ratio < 2)).toBe(true)
  expect(why).toMatch(/measured them/)
  const settings = { policy: 'magcache', ratios: ratios.join(', '), threshold: 0.2, max_consecutive: 3 }
  const cached = await sample(samplerGraph(rival(settings)))
  expect(reused(cached.report)).toBeGreaterThanOrEqual(4)
  expect(distance(cached.samples, plain.samples)).toBeLessThan(3)
})

describe('DiCache', () => {
  it('in shadow mode gives the bytes of no cache, with decisions, γ and how far off each reuse would be', async () => {
    const plain = await sample(samplerGraph({ steps: STEPS }))
    const shadow = await sample(samplerGraph(dicache({ mode: 'shadow' })))
    expect(shadow.samples).toEqual(plain.samples)
    expect(reused(shadow.report)).toBeGreaterThan(4)
    expect(shadow.report.totals).toMatchObject({ computed: 2 * STEPS, reused: 0, stepRatio: 1 })
    expect(shadow.report.totals['msPerReuse']).toBeGreaterThan(0)
    for (const { extra, decision } of shadow.report.entries) {
      if (decision !== 'dcta' && decision !== 'zero-order') continue
      expect(extra['reuseError']).toBeGreaterThan(0)
      expect(extra['reuseError']).toBeLessThan(1)
    }
    expect((await sample(samplerGraph(dicache({ mode: 'off' })))).samples).toEqual(plain.samples)
  })

  it('lets one decision hold for both branches, stacked or apart', async () => {
    for (const cfg_policy of ['cond-decides', 'joint']) {
      const stacked = await sample(samplerGraph(dicache({ cfg_policy })))
      const decisions = (branch: string): readonly string[] =>
        stacked.report.entries.filter((entry) => entry.branch === branch).map(({ reason }) => reason)
      expect(decisions('cond')).toEqual(decisions('uncond'))
      expect(reused(stacked.report)).toBeGreaterThan(4)
      // Guidance scales that differ keep the branches from sharing a stack; this model embeds none.
      const graph: Record<string, unknown> = { ...samplerGraph(dicache({ cfg_policy })) }
      graph['guided'] = { class_type: 'FluxGuidance', inputs: { conditioning: ['positive', 0], guidance: 2 } }
      const sampler = graph['sampler'] as { class_type: string; inputs: Record<string, unknown> }
      graph['sampler'] = { ...sampler, inputs: { ...sampler.inputs, positive: ['guided', 0] } }
      const apart = await sample(graph as ApiGraph)
      const cond = apart.report.entries.filter((entry) => entry.branch === 'cond').map(({ reason }) => reason)
      expect(cond).toEqual(decisions('cond'))
      // One γ over both branches needs them in one stack.
      expect(distance(apart.samples, stacked.samples)).toBeLessThan(cfg_policy === 'joint' ? 1 : 1e-3)
    }
  })

  it('keeps to its windows', async () => {
    const { report } = await sample(samplerGraph(dicache({ windows: '4-6, 75%-100%', threshold: 9 })))
    const steps = new Set(
      report.entries.filter(({ decision }) => decision !== 'forced').map(({ step }) => step),
    )
    expect([...steps]).toEqual([4, 5, 9, 10])
  })

  it('counts steps, not evaluations, with a second-order sampler', async () => {
    const { report } = await sample(
      withSampler(dicache({ threshold: 9, start: 2 }, 6), { sampler_name: 'heun' }),
    )
    const cond = report.entries.filter(({ branch }) => branch === 'cond')
    expect(cond.length).toBeGreaterThan(report.steps)
    const forced = cond
      .filter(({ decision }) => decision === 'forced')
      .map(({ step, order }) => [step, order])
    // The last step ends at σ = 0 and has one evaluation.
    expect(forced).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [5, 0],
    ])
  })

  it('counts the steps that are sampled when only a share of the noise is removed', async () => {
    const { report } = await sample(withSampler(dicache({ threshold: 9, start: 0.5 }), { denoise: 0.5 }))
    const forced = report.entries.filter(({ branch, decision }) => branch === 'cond' && decision === 'forced')
    expect(report.steps).toBe(STEPS)
    expect(forced).toHaveLength(STEPS / 2 + 1 + 1)
  })

  it('holds two windows of two tensors for each branch', async () => {
    const { report } = await sample(samplerGraph(dicache({})))
    const [branches, tokens, hidden] = [2, 64, 256]
    expect(report.totals['cacheBytes']).toBe(4 * branches * tokens * hidden * 4)
  })

  it('leaves no tensor behind in 200 runs', async () => {
    // Prompts come from the cache of results; every sampler has a seed of its own and runs.
    const keeping = await createHost({ home, device: 'cpu', threads: 1, resultCacheBytes: 4e6 })
    try {
      const seeds = Array.from({ length: 220 }, (_, seed) => seed)
      const bytesAfter = async (some: readonly number[]): Promise<number> => {
        for (const seed of some) await sample(samplerGraph({ ...dicache({}, 3), size: 32, seed }), keeping)
        return bytesOfTensors()
      }
      const before = await bytesAfter(seeds.slice(0, 20))
      // Four windows of 4 tokens × 256 × 2 branches are 32 kB: 200 forgotten runs would be 6.5 MB.
      expect((await bytesAfter(seeds.slice(20))) - before).toBeLessThan(1e6)
    } finally {
      await keeping.dispose()
    }
  }, 120_000)
})
