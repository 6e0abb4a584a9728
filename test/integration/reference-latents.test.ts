/** Pictures beside a prompt, on the bundled model: it was not trained for them, but it looks at them all the same. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiGraph, runGraph, samplesOf, testHome } from './run-graph.ts'

let home = ''
let host: Host
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'references-'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Inputs = Readonly<Record<string, unknown>>
type Options = {
  readonly positive?: string
  readonly negative?: string
  readonly cfg?: number
  readonly steps?: number
  readonly batch?: number
  readonly probe?: { readonly type: string; readonly inputs: Inputs }
}

/** Prompts: `plain`, `seen` with two references of other sizes, `both` negative with them. */
function graph({
  positive = 'seen',
  negative = 'bare',
  cfg = 1,
  steps = 1,
  batch = 1,
  probe,
}: Options): ApiGraph {
  const nodes: Readonly<Record<string, readonly [string, Inputs]>> = {
    load: ['LoadModel', { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' }],
    plain: ['CLIPTextEncode', { clip: ['load', 1], text: 'a fox, 3d style' }],
    bare: ['CLIPTextEncode', { clip: ['load', 1], text: 'text' }],
    first: ['EmptyImage', { width: 48, height: 32, batch_size: 1, color: 0xff8000 }],
    second: ['EmptyImage', { width: 32, height: 80, batch_size: 2, color: 0x0040ff }],
    firstLatent: ['VAEEncode', { pixels: ['first', 0], vae: ['load', 2] }],
    secondLatent: ['VAEEncode', { pixels: ['second', 0], vae: ['load', 2] }],
    one: ['ReferenceLatent', { conditioning: ['plain', 0], latent: ['firstLatent', 0] }],
    seen: ['ReferenceLatent', { conditioning: ['one', 0], latent: ['secondLatent', 0] }],
    indexed: [
      'FluxKontextMultiReferenceLatentMethod',
      { conditioning: ['seen', 0], reference_latents_method: 'index' },
    ],
    untouched: ['ReferenceLatent', { conditioning: ['plain', 0] }],
    other: ['ReferenceLatent', { conditioning: ['bare', 0], latent: ['firstLatent', 0] }],
    both: ['ReferenceLatent', { conditioning: ['other', 0], latent: ['secondLatent', 0] }],
    empty: ['EmptyLatentImage', { width: 64, height: 64, batch_size: batch }],
    ...(probe && { probe: [probe.type, probe.inputs] }),
    out: [
      'DiCacheSampler',
      {
        model: ['load', 0],
        positive: [positive, 0],
        negative: [negative, 0],
        latent: ['empty', 0],
        ...(probe && { probe: ['probe', 0] }),
        seed: 7,
        steps,
        cfg,
        sampler_name: 'euler',
        scheduler: 'simple',
        denoise: 1,
      },
    ],
  }
  return Object.fromEntries(
    Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]),
  ) as unknown as ApiGraph
}

async function sampled(options: Options = {}) {
  const run = await runGraph(host, graph(options), { targets: ['out'] })
  if (run.status !== 'finished') throw new Error(run.error)
  const steps = run.events.flatMap((event) =>
    event.type === 'node.reported' && event.name === 'step-cache' ? [event.data as Inputs] : [],
  )
  return { data: samplesOf(run.value('out')), steps, report: run.second('out') }
}

function farthest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((worst, value, n) => Math.max(worst, Math.abs(value - (b[n] ?? Number.NaN))), 0)
}

it('changes what is sampled, by each picture and by where it lies; without one nothing changes', async () => {
  const plain = await sampled({ positive: 'plain' })
  expect((await sampled({ positive: 'untouched' })).data).toEqual(plain.data)
  const outs = [
    plain,
    ...(await Promise.all(['one', 'seen', 'indexed'].map((positive) => sampled({ positive })))),
  ]
  for (const [n, a] of outs.entries())
    for (const b of outs.slice(n + 1)) expect(farthest(a.data, b.data)).toBeGreaterThan(1e-3)
})

/** One step from pure noise gives the prediction itself, so guidance can be worked out from its two sides. */
it.each([
  ['one side has references, so the sides are two calls', 'bare'],
  ['both have equally large ones, so they are one call', 'both'],
  ['they differ in size, so they are two calls', 'other'],
])('guides where %s', async (_, negative) => {
  const cfg = 3
  const [with1, without] = [await sampled(), await sampled({ positive: negative })]
  const guided = await sampled({ negative, cfg })
  const expected = with1.data.map((value, n) => {
    const other = without.data[n] ?? 0
    return other + cfg * (value - other)
  })
  expect(farthest(guided.data, expected)).toBeLessThan(1e-4)
})

it('gives every sample of a batch the same pictures', async () => {
  const { data } = await sampled({ batch: 2, positive: 'one' })
  const half = data.length / 2
  const one = await sampled({ positive: 'one' })
  expect(farthest(data.slice(0, half), one.data)).toBeLessThan(1e-4)
  expect(farthest(data.slice(half), one.data)).toBeGreaterThan(1e-2)
})

it.each([
  ['ProbeConfig', { mode: 'on', probe_depth: 1, threshold: 10, start: 1, force_last: false }],
  ['StepCacheConfig', { policy: 'taylorseer' }],
  ['StepCacheConfig', { policy: 'teacache', threshold: 10 }],
])('steps are cached with references: %s %o', async (type, inputs) => {
  const { steps, data } = await sampled({
    steps: 6,
    cfg: 3,
    probe: { type, inputs },
  })
  expect(steps).toHaveLength(12)
  expect(new Set(steps.map(({ decision }) => decision)).size).toBeGreaterThan(1)
  expect(data.every(Number.isFinite)).toBe(true)
})

it('a policy that computes everything gives the very numbers of none', async () => {
  const plain = await sampled({ steps: 3 })
  const never = await sampled({
    steps: 3,
    probe: { type: 'ProbeConfig', inputs: { mode: 'on', probe_depth: 1, threshold: 0 } },
  })
  expect(farthest(plain.data, never.data)).toBeLessThan(1e-4)
})

it('refuses a reference of another autoencoder', async () => {
  const nodes = {
    ...graph({ positive: 'one' }),
    firstLatent: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
  } as unknown as ApiGraph
  const run = await runGraph(host, nodes, { targets: ['out'] })
  expect(`${run.status} ${run.error}`).toMatch(
    /WRONG_SHAPE .*: a reference latent is \[1, 4, 8, 8\], but emoji/,
  )
})
