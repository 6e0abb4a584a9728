/** How the bundled text encoders are used: their layers, their padding, LoRAs on them. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import type { ConditioningEntry } from '@dicache/sdk'
import { openWeights, type TensorBytes, writeSafetensors } from '@dicache/weights'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, samplesOf, testHome } from './run-graph.ts'
import { floats } from './weight-files.ts'

const MODEL = new URL('../../packages/emoji-model/model/', import.meta.url).pathname
const CLIP = 'text_model.encoder.layers.0.mlp.fc1'
const T5 = 'encoder.block.0.layer.0.SelfAttention.q'
const FLUX = 'double_blocks.0.img_attn.proj'

let home = ''
let host: Host
/** A pair for a module of a bundled file, under the name that a LoRA file has for it. */
async function pair(file: string, module: string, name: string): Promise<Record<string, TensorBytes>> {
  await using weights = await openWeights(path.join(MODEL, file))
  const [out = 0, inn = 0] = weights.tensors.get(`${module}.weight`)?.shape ?? []
  expect(out * inn).toBeGreaterThan(0)
  return {
    [`${name}.lora_down.weight`]: floats([2, inn], (n) => Math.sin(n) / 8),
    [`${name}.lora_up.weight`]: floats([out, 2], (n) => Math.cos(n) / 2),
  }
}

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'text-encoders-'))
  const folder = path.join(home, 'models', 'loras')
  await mkdir(folder, { recursive: true })
  const clip = await pair('clip-emoji.safetensors', CLIP, `lora_te1_${CLIP.replaceAll('.', '_')}`)
  const t5 = await pair('t5-emoji.safetensors', T5, `lora_te2_${T5.replaceAll('.', '_')}`)
  const flux = await pair('flux-emoji.safetensors', FLUX, `lora_unet_${FLUX.replaceAll('.', '_')}`)
  const write = (name: string, tensors: Record<string, TensorBytes>) =>
    writeSafetensors(path.join(folder, `${name}.safetensors`), tensors, {})
  await write('all', { ...clip, ...t5, ...flux })
  await write('clip', clip)
  await write('t5', t5)
  await write('odd', { ...t5, ...(await pair('t5-emoji.safetensors', T5, 'lora_te9_what')) })
  await write('none', await pair('t5-emoji.safetensors', T5, 'lora_te9_what'))
  host = await testHome(home)
})
afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Step = readonly [type: string, inputs: Readonly<Record<string, unknown>>]
const lora = (name: string, model: number, clip: number): Step => [
  'LoraLoader',
  { lora_name: `${name}.safetensors`, strength_model: model, strength_clip: clip },
]

/** The prompt behind a chain of nodes on CLIP (and MODEL, for LoRAs), and a step sampled with it. */
function graph(steps: readonly Step[], text: string): ApiGraph {
  const nodes: Record<string, unknown> = {
    load: { class_type: 'LoadModel', inputs: { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' } },
  }
  let [model, clip]: readonly unknown[] = [
    ['load', 0],
    ['load', 1],
  ]
  for (const [index, [type, inputs]] of steps.entries()) {
    const isLora = type === 'LoraLoader'
    nodes[`n${index}`] = { class_type: type, inputs: { clip, ...(isLora && { model }), ...inputs } }
    clip = [`n${index}`, isLora ? 1 : 0]
    if (isLora) model = [`n${index}`, 0]
  }
  return {
    ...nodes,
    prompt: { class_type: 'CLIPTextEncode', inputs: { clip, text } },
    plain: { class_type: 'CLIPTextEncode', inputs: { clip: ['load', 1], text } },
    latent: { class_type: 'EmptyLatentImage', inputs: { width: 32, height: 32, batch_size: 1 } },
    out: {
      class_type: 'KSampler',
      inputs: {
        model,
        positive: ['plain', 0],
        negative: ['plain', 0],
        latent_image: ['latent', 0],
        seed: 1,
        steps: 1,
        cfg: 1,
        sampler_name: 'euler',
        scheduler: 'simple',
        denoise: 1,
      },
    },
  } as unknown as ApiGraph
}

async function encoded(steps: readonly Step[], text = 'a fox') {
  const run = await runGraph(host, graph(steps, text), { targets: ['prompt', 'out'] })
  if (run.status !== 'finished') throw new Error(run.error)
  const [entry] = run.value('prompt') as readonly ConditioningEntry[]
  if (entry?.pooled === undefined) throw new Error('no prompt')
  const warnings = run.events.flatMap((event) =>
    event.type === 'node.logged' && event.level === 'warning' ? [event.message] : [],
  )
  return { context: entry.context, pooled: entry.pooled, latent: samplesOf(run.value('out')), warnings }
}

function far(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((worst, value, n) => Math.max(worst, Math.abs(value - (b[n] ?? Number.NaN))), 0)
}

describe('CLIPSetLastLayer', () => {
  const layer = (stop_at_clip_layer: number): Step => ['CLIPSetLastLayer', { stop_at_clip_layer }]

  it('stops the T5 early and leaves the vector of the CLIP', async () => {
    const plain = await encoded([])
    const second = await encoded([layer(-2)])
    expect(far(second.context.data, plain.context.data)).toBeGreaterThan(0.01)
    expect(second.pooled).toEqual(plain.pooled)
  })

  it('-1, and more layers than there are, mean all; of two nodes the last one counts', async () => {
    const plain = await encoded([])
    for (const steps of [[layer(-1)], [layer(-24)], [layer(-2), layer(-1)]])
      expect((await encoded(steps)).context).toEqual(plain.context)
  })
})

describe('T5TokenizerOptions', () => {
  const padding = (min_padding: number, min_length: number): Step => [
    'T5TokenizerOptions',
    { min_padding, min_length },
  ]

  it('pads behind the prompt, and to a length', async () => {
    const tokens = async (steps: readonly Step[]): Promise<number> =>
      (await encoded(steps)).context.shape[1] ?? 0
    const own = await tokens([padding(0, 0)])
    expect(own).toBeLessThan(await tokens([]))
    expect(own).toBeGreaterThan(1)
    expect(await tokens([padding(3, 0)])).toBe(own + 3)
    expect(await tokens([padding(3, own + 2)])).toBe(own + 3)
    expect(await tokens([padding(0, own + 9)])).toBe(own + 9)
  })

  it('keeps what other nodes changed', async () => {
    const both = await encoded([['CLIPSetLastLayer', { stop_at_clip_layer: -2 }], padding(0, 12)])
    const turned = await encoded([padding(0, 12), ['CLIPSetLastLayer', { stop_at_clip_layer: -2 }]])
    expect(both.context).toEqual(turned.context)
    expect(far(both.context.data, (await encoded([padding(0, 12)])).context.data)).toBeGreaterThan(0.01)
  })
})

describe('LoraLoader', () => {
  it('changes what the file has a pair for, by the strength of its part', async () => {
    const plain = await encoded([])
    const changes = async (step: Step): Promise<readonly boolean[]> => {
      const { context, pooled, latent, warnings } = await encoded([step])
      expect(warnings).toEqual([])
      return [
        far(context.data, plain.context.data) > 1e-3,
        far(pooled.data, plain.pooled.data) > 1e-3,
        far(latent, plain.latent) > 1e-3,
      ]
    }
    expect(await changes(lora('all', 1, 1))).toEqual([true, true, true])
    expect(await changes(lora('all', 1, 0))).toEqual([false, false, true])
    expect(await changes(lora('all', 0, 1))).toEqual([true, true, false])
    expect(await changes(lora('all', 0, 0))).toEqual([false, false, false])
    expect(await changes(lora('clip', 1, 1))).toEqual([false, true, false])
    expect(await changes(lora('t5', 1, 1))).toEqual([true, false, false])
  })

  it('adds up over several nodes, in any order with the other ones', async () => {
    const twice = await encoded([lora('t5', 0, 0.5), lora('t5', 0, 0.5)])
    const once = await encoded([lora('t5', 0, 1)])
    expect(far(twice.context.data, once.context.data)).toBeLessThan(1e-4)
    const layer: Step = ['CLIPSetLastLayer', { stop_at_clip_layer: -2 }]
    const before = await encoded([layer, lora('t5', 0, 1)])
    expect(before.context).toEqual((await encoded([lora('t5', 0, 1), layer])).context)
  })

  it('tells what fits nothing, and refuses a file that does not fit at all', async () => {
    const { warnings } = await encoded([lora('odd', 1, 1)])
    expect(warnings).toEqual([expect.stringMatching(/2 of 4 tensors fit no layer of emoji.*lora_te9_what/)])
    const run = await runGraph(host, graph([lora('none', 1, 1)], 'a fox'), { targets: ['prompt'] })
    expect(run.error).toMatch(/none\.safetensors fits no layer of emoji/)
  })
})
