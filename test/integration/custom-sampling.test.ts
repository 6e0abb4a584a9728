import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, samplesOf, testHome } from './run-graph.ts'

let home = ''
let host: Host
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'custom-sampling-'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Inputs = Readonly<Record<string, unknown>>
type Nodes = Readonly<Record<string, readonly [type: string, inputs: Inputs]>>

const STEPS = 5
const common = { scheduler: 'simple', steps: STEPS, denoise: 1 } as const
/** Reuses from the second step on where it can. */
const cache: Nodes = {
  patched: ['DiCache', { model: ['load', 0], threshold: 10, start: 1, force_last: false }],
}

function graph(nodes: Nodes, cached: boolean): ApiGraph {
  const all: Nodes = {
    load: ['LoadModel', { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' }],
    ...(cached ? cache : {}),
    positive: ['CLIPTextEncode', { clip: ['load', 1], text: 'a fox, 3d style' }],
    negative: ['CLIPTextEncode', { clip: ['load', 1], text: 'text' }],
    empty: ['EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }],
    noise: ['RandomNoise', { noise_seed: 7 }],
    schedule: ['BasicScheduler', { model: ['load', 0], ...common }],
    euler: ['KSamplerSelect', { sampler_name: 'euler' }],
    ...nodes,
  }
  return Object.fromEntries(
    Object.entries(all).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]),
  ) as unknown as ApiGraph
}

async function sampled(nodes: Nodes, options: { readonly cached?: boolean; readonly target?: string } = {}) {
  const { cached = false, target = 'out' } = options
  const run = await runGraph(host, graph(nodes, cached), { targets: [target] })
  if (run.status !== 'finished') throw new Error(run.error)
  const actions = run.events.flatMap((event) =>
    event.type === 'node.reported' && event.name === 'step-cache'
      ? [String((event.data as Inputs)['decision'])]
      : [],
  )
  return { data: samplesOf(run.value(target)), actions, run }
}

const model = (cached: boolean): Inputs => ({ model: [cached ? 'patched' : 'load', 0] })
const prompts = { positive: ['positive', 0], negative: ['negative', 0] } as const
const ksampler = (cached: boolean, more: Inputs = {}): Nodes => ({
  out: [
    'KSampler',
    {
      ...model(cached),
      ...prompts,
      latent_image: ['empty', 0],
      seed: 7,
      cfg: 1,
      sampler_name: 'euler',
      ...common,
      ...more,
    },
  ],
})
const advanced = (guider: readonly [string, Inputs], more: Inputs = {}): Nodes => ({
  guider,
  out: [
    'SamplerCustomAdvanced',
    {
      noise: ['noise', 0],
      guider: ['guider', 0],
      sampler: ['euler', 0],
      sigmas: ['schedule', 0],
      latent_image: ['empty', 0],
      ...more,
    },
  ],
})
const basic = (cached: boolean, more: Inputs = {}): Nodes =>
  advanced(['BasicGuider', { ...model(cached), conditioning: ['positive', 0] }], more)

describe.each([false, true])('with DiCache: %s', (cached) => {
  it('BasicGuider gives the bytes of KSampler at cfg 1', async () => {
    const whole = await sampled(ksampler(cached), { cached })
    const parts = await sampled(basic(cached), { cached })
    expect(parts.data).toEqual(whole.data)
    expect(parts.actions).toEqual(whole.actions)
    expect(parts.actions.some((action) => action === 'dcta' || action === 'zero-order')).toBe(cached)
  })

  it('CFGGuider and SamplerCustom give the bytes of KSampler at cfg 3', async () => {
    const whole = await sampled(ksampler(cached, { cfg: 3 }), { cached })
    const guided = await sampled(advanced(['CFGGuider', { ...model(cached), ...prompts, cfg: 3 }]), {
      cached,
    })
    const { data } = await sampled(
      {
        out: [
          'SamplerCustom',
          {
            ...model(cached),
            ...prompts,
            add_noise: true,
            noise_seed: 7,
            cfg: 3,
            sampler: ['euler', 0],
            sigmas: ['schedule', 0],
            latent_image: ['empty', 0],
          },
        ],
      },
      { cached },
    )
    expect(guided.data).toEqual(whole.data)
    expect(guided.actions).toEqual(whole.actions)
    expect(data).toEqual(whole.data)
  })
})

describe('parts of a run', () => {
  it('KSamplerAdvanced in two nodes, and split sigmas, go the way of one', async () => {
    const whole = await sampled(ksampler(false))
    const part = (more: Inputs): Inputs => ({
      ...model(false),
      ...prompts,
      noise_seed: 7,
      steps: STEPS,
      cfg: 1,
      sampler_name: 'euler',
      scheduler: 'simple',
      ...more,
    })
    const twice = await sampled({
      first: [
        'KSamplerAdvanced',
        part({
          latent_image: ['empty', 0],
          end_at_step: 2,
          return_with_leftover_noise: 'enable',
        }),
      ],
      out: ['KSamplerAdvanced', part({ latent_image: ['first', 0], add_noise: 'disable', start_at_step: 2 })],
    })
    for (const [at, value] of whole.data.entries()) expect(twice.data[at]).toBeCloseTo(value, 4)
    const split = await sampled({
      cut: ['SplitSigmas', { sigmas: ['schedule', 0], step: 2 }],
      ...basic(false, { sigmas: ['cut', 0] }),
      first: basic(false, { sigmas: ['cut', 0] })['out'] as Nodes[string],
      none: ['DisableNoise', {}],
      out: [
        'SamplerCustomAdvanced',
        {
          noise: ['none', 0],
          guider: ['guider', 0],
          sampler: ['euler', 0],
          sigmas: ['cut', 1],
          latent_image: ['first', 0],
        },
      ],
    })
    expect(split.data).toEqual(twice.data)
  })

  it('no step leaves the latent as it is', async () => {
    const { data } = await sampled({
      cut: ['SplitSigmas', { sigmas: ['schedule', 0], step: 9 }],
      ...basic(false, { sigmas: ['cut', 1] }),
    })
    expect(data.every((value) => value === 0)).toBe(true)
  })

  it('the second output is the last picture without noise', async () => {
    const nodes: Nodes = {
      ...basic(false),
      cut: ['SplitSigmas', { sigmas: ['schedule', 0], step: 4 }],
      early: basic(false, { sigmas: ['cut', 0] })['out'] as Nodes[string],
    }
    const run = await runGraph(host, graph(nodes, false), { targets: ['out', 'early'] })
    expect(run.status).toBe('finished')
    // After the last step they are one; before it the first still has noise in it.
    expect(samplesOf(run.second('out'))).toEqual(samplesOf(run.value('out')))
    expect(samplesOf(run.second('early'))).not.toEqual(samplesOf(run.value('early')))
  })
})

describe('prompts', () => {
  const two = (one: Inputs, other: Inputs): Nodes => ({
    early: ['ConditioningSetTimestepRange', { conditioning: ['positive', 0], ...one }],
    late: ['ConditioningSetTimestepRange', { conditioning: ['negative', 0], ...other }],
    both: ['ConditioningCombine', { conditioning_1: ['early', 0], conditioning_2: ['late', 0] }],
    ...advanced(['BasicGuider', { ...model(false), conditioning: ['both', 0] }]),
  })

  it('a prompt whose time never comes has no part', async () => {
    const alone = await sampled(ksampler(false))
    const always = { start: 0, end: 1 }
    // All levels of the schedule but 1 and 0 lie between; nothing is evaluated at 0.
    const { data } = await sampled(two(always, { start: 1, end: 1 }))
    for (const [at, value] of alone.data.entries()) expect(data[at]).toBeCloseTo(value, 4)
    const mixed = await sampled(two(always, always))
    expect(mixed.data).not.toEqual(alone.data)
  })

  it('the mean of a prompt with itself is the prompt', async () => {
    const alone = await sampled(ksampler(false))
    const { data } = await sampled({
      both: ['ConditioningCombine', { conditioning_1: ['positive', 0], conditioning_2: ['positive', 0] }],
      ...advanced(['BasicGuider', { ...model(false), conditioning: ['both', 0] }]),
    })
    for (const [at, value] of alone.data.entries()) expect(data[at]).toBeCloseTo(value, 4)
  })

  it('an area, and noise levels of other families, are errors that say what to do', async () => {
    await expect(
      sampled({
        area: ['ConditioningSetArea', { conditioning: ['positive', 0] }],
        ...advanced(['BasicGuider', { ...model(false), conditioning: ['area', 0] }]),
      }),
    ).rejects.toThrow(/limited to an area of 64 × 64 pixels/)
    await expect(
      sampled({ karras: ['KarrasScheduler', { steps: 3 }], ...basic(false, { sigmas: ['karras', 0] }) }),
    ).rejects.toThrow(/noise level 14\.6.*BasicScheduler/)
    const { data } = await sampled({
      karras: ['KarrasScheduler', { steps: 3, sigma_max: 1 }],
      ...basic(false, { sigmas: ['karras', 0] }),
    })
    expect(data.every(Number.isFinite)).toBe(true)
  })
})

it('a noise mask keeps what is black', async () => {
  const nodes: Nodes = {
    black: ['SolidMask', { value: 0, width: 8, height: 8 }],
    white: ['SolidMask', { value: 1, width: 4, height: 8 }],
    mask: ['MaskComposite', { destination: ['black', 0], source: ['white', 0], x: 4, operation: 'add' }],
    grey: ['EmptyImage', { width: 64, height: 64, color: 0x808080 }],
    encoded: ['VAEEncode', { pixels: ['grey', 0], vae: ['load', 2] }],
    start: ['SetLatentNoiseMask', { samples: ['encoded', 0], mask: ['mask', 0] }],
    ...basic(false, { latent_image: ['start', 0] }),
  }
  const { data, run } = await sampled(nodes)
  const kept = samplesOf((await sampled(nodes, { target: 'encoded' })).run.value('encoded'))
  expect(run.status).toBe('finished')
  const isSame = [...data].map((value, at) => value === kept[at])
  expect(isSame.every((same, at) => same === at % 8 < 4)).toBe(true)
})

describe('loaders of single files', () => {
  const files: Nodes = {
    unet: ['UNETLoader', { unet_name: 'emoji', weight_dtype: 'default' }],
    clips: ['DualCLIPLoader', { clip_name1: 'emoji-clip', clip_name2: 'emoji-t5', type: 'flux' }],
    vae: ['VAELoader', { vae_name: 'emoji-ae' }],
    text: ['CLIPTextEncode', { clip: ['clips', 0], text: 'a fox, 3d style' }],
    ...advanced(['BasicGuider', { model: ['unet', 0], conditioning: ['text', 0] }]),
    picture: ['VAEDecode', { samples: ['out', 0], vae: ['vae', 0] }],
    usual: ['VAEDecode', { samples: ['out', 0], vae: ['load', 2] }],
  }

  it('give what LoadModel gives', async () => {
    const whole = await sampled(ksampler(false))
    const parts = await sampled(files)
    expect(parts.data).toEqual(whole.data)
    const run = await runGraph(host, graph(files, false), { targets: ['picture', 'usual'] })
    expect(run.value('picture')).toEqual(run.value('usual'))
  })

  it.each([
    [
      { clips: ['DualCLIPLoader', { clip_name1: 'emoji-t5', clip_name2: 'emoji-t5', type: 'flux' }] },
      /CLIP text/,
    ],
    [
      { clips: ['DualCLIPLoader', { clip_name1: 'emoji-clip', clip_name2: 'emoji-t5', type: 'sdxl' }] },
      /"sdxl"/,
    ],
    [{ unet: ['UNETLoader', { unet_name: 'nothing', weight_dtype: 'default' }] }, /nothing/],
  ] as const)('%j is an error that says so', async (other, words) => {
    await expect(sampled({ ...files, ...(other as unknown as Nodes) })).rejects.toThrow(words)
  })
})
