/** The step cache inside whole runs: exact where it must be, and nothing left behind by any run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHost, type Host, openWorkflow } from '@dicache/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, type SamplerGraph, samplerGraph, samplesOf } from './run-graph.ts'
import { ROOT } from './terminal.ts'

let home: string
let host: Host

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-cache-'))
  // Results of nodes are not kept: every sampler really runs.
  host = await createHost({ home, device: 'cpu', threads: 1, cache: { policy: { kind: 'none' } } })
})

afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

const STEPS = 12

const probe = (inputs: Readonly<Record<string, unknown>>): SamplerGraph => ({
  steps: STEPS,
  probe: { type: 'ProbeConfig', inputs: { start: 1, ...inputs } },
})

type Sampled = {
  readonly samples: Float32Array
  readonly reused: number
  readonly decisions: readonly string[]
  /** The probe's change at each step, by branch; 0 where there was none. */
  readonly changes: Readonly<Record<'cond' | 'uncond', Float32Array>>
}

async function sample(options: SamplerGraph, on: Host = host): Promise<Sampled> {
  const run = await runGraph(on, samplerGraph(options), { targets: ['sampler'] })
  expect(run.error).toBe('')
  const events = run.events.flatMap((event) =>
    event.type === 'node.reported' && event.name === 'step-cache' ? [event.data as StepEvent] : [],
  )
  const decisions = events.map(({ decision }) => decision)
  const computed = new Set(['forced', 'refreshed'])
  return {
    samples: samplesOf(run.value('sampler')),
    reused: decisions.filter((decision) => !computed.has(decision)).length,
    decisions,
    changes: { cond: changesOf(events, 'cond'), uncond: changesOf(events, 'uncond') },
  }
}

type StepEvent = { readonly decision: string; readonly branch: string; readonly indicator: number | null }

function changesOf(events: readonly StepEvent[], branch: string): Float32Array {
  return Float32Array.from(
    events.filter((event) => event.branch === branch),
    ({ indicator }) => indicator ?? 0,
  )
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - (b[n] ?? Number.NaN))), 0)
}

function raise(): never {
  throw new Error('the graph has no sampler')
}

describe('exactness', () => {
  it('threshold 0, and the cache switched off, give the bytes of no cache', async () => {
    const plain = await sample({ steps: STEPS })
    const zero = await sample(probe({ threshold: 0 }))
    expect(zero.samples).toEqual(plain.samples)
    expect(zero.reused).toBe(0)
    expect((await sample(probe({ enabled: false, threshold: 9 }))).samples).toEqual(plain.samples)
  })

  it('resuming from a probe of any depth is the full forward', async () => {
    const plain = await sample({ steps: 4 })
    for (const depth of [2, 3, 4, 14]) {
      const resumed = await sample({ ...probe({ threshold: 0, probe_depth: depth }), steps: 4 })
      expect(distance(resumed.samples, plain.samples)).toBeLessThan(1e-5)
    }
  })

  it('reuses steps at a real threshold, and stays close', async () => {
    const plain = await sample({ steps: STEPS })
    const cached = await sample(probe({ threshold: 0.2 }))
    expect(cached.reused).toBeGreaterThan(4)
    const far = distance(cached.samples, plain.samples)
    expect(far).toBeGreaterThan(1e-4)
    expect(far).toBeLessThan(1.5)
  })

  it('refuses a probe that leaves nothing to skip', async () => {
    const run = await runGraph(host, samplerGraph(probe({ probe_depth: 15 })), { targets: ['sampler'] })
    expect(run.error).toMatch(/probe depth 15 leaves nothing to skip/)
  })
})

describe('nothing leaks', () => {
  it('from one run to the next, through an aborted run, another size and another number of steps', async () => {
    const settings = probe({ threshold: 0.2 })
    const first = await sample(settings)
    expect((await sample(settings)).samples).toEqual(first.samples)
    const cancel = new AbortController()
    const aborted = runGraph(host, samplerGraph({ ...settings, steps: 200 }), {
      targets: ['sampler'],
      signal: cancel.signal,
      onEvent(event) {
        if (event.type === 'node.progressed' && event.done === 9) cancel.abort()
      },
    })
    expect((await aborted).status).toBe('cancelled')
    expect((await sample(settings)).samples).toEqual(first.samples)
    await sample({ ...settings, size: 96 })
    await sample({ ...settings, steps: 7 })
    const again = await sample(settings)
    expect(again.samples).toEqual(first.samples)
    expect(again.decisions).toEqual(first.decisions)
  })

  it('between two samplers of one graph with thresholds of their own', async () => {
    const strict = await sample(probe({ threshold: 0.1 }))
    const loose = await sample(probe({ threshold: 0.3 }))
    expect(loose.reused).toBeGreaterThan(strict.reused)
    const graph: Record<string, ApiGraph[string]> = { ...samplerGraph(probe({ threshold: 0.1 })) }
    const sampler = graph['sampler'] ?? raise()
    graph['probe2'] = { class_type: 'ProbeConfig', inputs: { start: 1, threshold: 0.3 } }
    graph['sampler2'] = { ...sampler, inputs: { ...sampler.inputs, probe: ['probe2', 0] } }
    const run = await runGraph(host, graph, { targets: ['sampler', 'sampler2'] })
    expect(samplesOf(run.value('sampler'))).toEqual(strict.samples)
    expect(samplesOf(run.value('sampler2'))).toEqual(loose.samples)
  })

  it('when models are unloaded for want of memory between the parts', async () => {
    const tight = await createHost({
      home,
      device: 'cpu',
      cache: { policy: { kind: 'none' } },
      memoryBudgetBytes: 1,
    })
    try {
      const settings = { ...probe({ threshold: 0.2 }), steps: 3 }
      expect((await sample(settings, tight)).samples).toEqual((await sample(settings)).samples)
    } finally {
      await tight.dispose()
    }
  })

  it('between the pictures of a batch: each starts from its own noise', async () => {
    const batch = await sample({ steps: 3, batch: 2 })
    const half = batch.samples.length / 2
    expect(distance(batch.samples.slice(0, half), batch.samples.slice(half))).toBeGreaterThan(0.1)
    // One row is a multiple of 16 values, so the first picture of a batch has the noise of a picture alone.
    const single = await sample({ steps: 3 })
    expect(distance(batch.samples.slice(0, half), single.samples)).toBeLessThan(1e-3)
  })
})

it('each branch keeps its own state: changing the prompts’ places changes the branches’ places', async () => {
  // uncond + ½ (cond − uncond) is the same both ways.
  const settings = { ...probe({ threshold: 0.2 }), cfg: 0.5 }
  const one = await sample({ ...settings, prompts: ['a fox, 3d style', 'blue heart, flat'] })
  const other = await sample({ ...settings, prompts: ['blue heart, flat', 'a fox, 3d style'] })
  expect(one.reused).toBeGreaterThan(4)
  expect(distance(one.changes.cond, one.changes.uncond)).toBeGreaterThan(1e-3)
  expect(distance(other.changes.cond, one.changes.uncond)).toBeLessThan(1e-4)
  expect(distance(other.changes.uncond, one.changes.cond)).toBeLessThan(1e-4)
  expect(distance(one.samples, other.samples)).toBeLessThan(1e-4)
})

it('KSampler behind DiCache samples what DiCacheSampler does', async () => {
  const cached = await sample(probe({ threshold: 0.2 }))
  const graph: Record<string, ApiGraph[string]> = { ...samplerGraph({ steps: STEPS }) }
  graph['patched'] = { class_type: 'DiCache', inputs: { model: ['load', 0], start: 1, threshold: 0.2 } }
  const { inputs } = graph['sampler'] ?? raise()
  const { latent, ...rest } = inputs
  graph['sampler'] = {
    class_type: 'KSampler',
    inputs: { ...rest, model: ['patched', 0], latent_image: latent },
  }
  const run = await runGraph(host, graph, { targets: ['sampler'] })
  expect(run.error).toBe('')
  expect(samplesOf(run.value('sampler'))).toEqual(cached.samples)
})

it('both example workflows draw the same picture, with reused steps', async () => {
  const pictures: unknown[] = []
  for (const name of ['emoji-flux-dicache.json', 'emoji-flux-ksampler.json']) {
    const text = await readFile(path.join(ROOT, 'workflows', name), 'utf8')
    const { graph } = await openWorkflow(host, text, { settings: ['steps=12', 'threshold=0.3', 'seed=5'] })
    if (graph === undefined) throw new Error(`${name} has no graph`)
    let reused = 0
    const result = await host.engine.run(graph, {
      targets: ['7'],
      onEvent(event) {
        if (event.type !== 'node.reported' || event.name !== 'step-cache') return
        const { decision } = event.data as StepEvent
        if (decision === 'dcta' || decision === 'zero-order') reused += 1
      },
    })
    if (result.status !== 'finished') throw new Error(`${name} ended as ${result.status}`)
    expect(reused).toBeGreaterThan(4)
    pictures.push(result.valuesOf('7'))
  }
  expect(pictures[0]).toBeDefined()
  expect(pictures[1]).toEqual(pictures[0])
})
