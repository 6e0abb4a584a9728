import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import { writeSafetensors } from '@dicache/weights'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGraph, runGraph, samplerGraph, samplesOf, testHome } from './run-graph.ts'

let home: string
let host: Host

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-lora-'))
  const folder = path.join(home, 'models', 'loras')
  await mkdir(folder, { recursive: true })
  const down = Float32Array.from({ length: 4 * 256 }, (_, n) => Math.sin(n) / 16)
  const up = Float32Array.from({ length: 768 * 4 }, (_, n) => Math.cos(n) / 4)
  const matrix = (shape: readonly number[], data: Float32Array) => ({
    dtype: 'F32' as const,
    shape,
    bytes: new Uint8Array(data.buffer),
  })
  const pair = (module: string) => ({
    [`lora_unet_${module}.lora_down.weight`]: matrix([4, 256], down),
    [`lora_unet_${module}.lora_up.weight`]: matrix([768, 4], up),
  })
  await writeSafetensors(path.join(folder, 'style.safetensors'), pair('double_blocks_0_img_attn_qkv'), {})
  await writeSafetensors(path.join(folder, 'other.safetensors'), pair('down_blocks_0_attentions_0_to_q'), {})
  host = await testHome(home)
})

afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

const withLora = (name: string, strength: number) =>
  samplerGraph({
    steps: 3,
    patch: {
      patched: {
        class_type: 'LoraLoaderModelOnly',
        inputs: { model: ['load', 0], lora_name: name, strength_model: strength },
      },
    },
  })

async function latent(document: ApiGraph): Promise<Float32Array> {
  const run = await runGraph(host, document, { targets: ['sampler'] })
  expect(run.error).toBe('')
  return samplesOf(run.value('sampler'))
}

describe('LoraLoaderModelOnly', () => {
  it('changes the result by its strength, and not at strength 0', async () => {
    const plain = await latent(samplerGraph({ steps: 3 }))
    expect(await latent(withLora('style.safetensors', 0))).toEqual(plain)
    const distance = async (strength: number): Promise<number> => {
      const changed = await latent(withLora('style.safetensors', strength))
      return Math.max(...changed.map((value, n) => Math.abs(value - (plain[n] ?? 0))))
    }
    const [half, full] = [await distance(0.5), await distance(1)]
    expect(half).toBeGreaterThan(0.01)
    expect(full).toBeGreaterThan(half * 1.2)
  })

  it('says so when a LoRA was made for another model', async () => {
    const run = await runGraph(host, withLora('other.safetensors', 1), { targets: ['sampler'] })
    expect(run.status).toBe('failed')
    expect(run.error).toMatch(/other\.safetensors fits no layer of emoji/)
  })
})
