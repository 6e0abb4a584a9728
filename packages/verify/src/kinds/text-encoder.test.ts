import { createRuntime, type Runtime } from '@dicache/runtime'
import type { NamedTensors, OpenGraph } from '@dicache/tensor'
import { openWeights, type TensorBytes } from '@dicache/weights'
import { detectClip, clipGraph, clipInputs } from '@dicache/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { remakeCase } from '../testing/remade-case.ts'
import { fixtureFolder, runCheck } from '../testing/run-check.ts'
import { coversTextEncoder } from './encoder-case.ts'
import { checkTextEncoder } from './text-encoder.ts'

let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

/** Opens graphs whose inputs are changed on the way in. */
function meddling(change: (inputs: NamedTensors) => NamedTensors): OpenGraph {
  return async (source, signal) => {
    const session = await runtime.openGraph(source, signal)
    return { run: (inputs, options) => session.run(change(inputs), options) }
  }
}

async function failures(name: string, openGraph: OpenGraph): Promise<readonly string[]> {
  const checks = await runCheck(fixtureFolder(name), checkTextEncoder, openGraph)
  return checks.filter(({ ok }) => !ok).map((check) => check.name)
}

describe('every state matches the reference', () => {
  test.each([
    ['t5', 7],
    ['clip-l', 13],
  ])('%s', async (name, states) => {
    const checks = await runCheck(fixtureFolder(name), checkTextEncoder, runtime.openGraph)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks).toHaveLength(states)
  })
})

describe('a mistake does not pass', () => {
  test('T5 without relative positions', async () => {
    const flat = meddling((inputs) => ({
      ...inputs,
      buckets: {
        dtype: 'int32',
        shape: inputs['buckets']?.shape ?? [],
        data: new Int32Array(inputs['buckets']?.data.length ?? 0),
      },
    }))
    const all = await runCheck(fixtureFolder('t5'), checkTextEncoder, runtime.openGraph)
    expect(await failures('t5', flat)).toEqual(all.map(({ name }) => name))
  })

  test('T5 with padding attended to where it is masked', async () => {
    const unmasked = meddling(({ mask, ...rest }) =>
      mask === undefined
        ? rest
        : {
            ...rest,
            mask: { dtype: 'bool', shape: mask.shape, data: new Uint8Array(mask.data.length).fill(1) },
          },
    )
    expect(await failures('t5', unmasked)).toEqual(['mask/last', 'mask/last_zeroed'])
  })

  test('CLIP pooled at the last end token instead of the first', async () => {
    const last = meddling((inputs) => {
      const [rows = 0, length = 0] = inputs['ids']?.shape ?? []
      return {
        ...inputs,
        end_index: { dtype: 'int64', shape: [rows], data: new BigInt64Array(rows).fill(BigInt(length - 1)) },
      }
    })
    expect(await failures('clip-l', last)).toEqual([
      'full/pooled',
      'full/projected',
      'short/pooled',
      'short/projected',
    ])
  })
})

describe('other ways to store a T5', () => {
  const wan: Readonly<Record<string, string>> = {
    'SelfAttention.q': 'attn.q',
    'SelfAttention.k': 'attn.k',
    'SelfAttention.v': 'attn.v',
    'SelfAttention.o': 'attn.o',
    'SelfAttention.relative_attention_bias': 'pos_embedding.embedding',
    'DenseReluDense.wi_0': 'ffn.gate.0',
    'DenseReluDense.wi_1': 'ffn.fc1',
    'DenseReluDense.wo': 'ffn.fc2',
  }

  test("a table of biases in every block, in Wan's naming: UMT5 with equal tables is T5", async () => {
    await using folder = await remakeCase('t5', (name, tensor) => {
      if (name.includes('relative_attention_bias')) {
        return Object.fromEntries(
          [0, 1, 2].map((block) => [`blocks.${block}.pos_embedding.embedding.weight`, tensor]),
        )
      }
      if (name === 'shared.weight') return { 'token_embedding.weight': tensor }
      if (name === 'encoder.final_layer_norm.weight') return { 'norm.weight': tensor }
      const [, block, part, module = ''] =
        /^encoder\.block\.(\d)\.layer\.(\d)\.(.+)\.weight$/.exec(name) ?? []
      return {
        [`blocks.${block}.${module === 'layer_norm' ? `norm${Number(part) + 1}` : wan[module]}.weight`]:
          tensor,
      }
    })
    const checks = await runCheck(folder.path, checkTextEncoder, runtime.openGraph)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks).toHaveLength(7)
  })

  test('under a prefix, with factors beside the weights as eight-bit files have them', async () => {
    const four: TensorBytes = { dtype: 'F32', shape: [], bytes: new Uint8Array(Float32Array.of(4).buffer) }
    await using folder = await remakeCase('t5', (name, tensor) => {
      const key = `text_encoders.t5xxl.transformer.${name}`
      if (!/\.(q|wi_1|wo)\.weight$/.test(name)) return { [key]: tensor }
      const quarter = new Float32Array(tensor.bytes.slice().buffer).map((value) => value / 4)
      const stored = { ...tensor, bytes: new Uint8Array(quarter.buffer) }
      return { [key]: stored, [key.replace(/weight$/, 'scale_weight')]: four }
    })
    const checks = await runCheck(folder.path, checkTextEncoder, runtime.openGraph)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
  })
})

test('what comes later in a row changes nothing before it, to the last bit', async () => {
  await using file = await openWeights(`${fixtureFolder('clip-l')}/weights.safetensors`)
  const config = detectClip(file, { num_attention_heads: 4 })
  if (config === undefined) throw new Error('not recognised')
  const session = await runtime.openGraph(
    clipGraph({ file, config, outputs: ['last'], compute: 'float32', weights: 'resident' }, 'causal'),
  )
  const row = (...ids: readonly number[]): NamedTensors => ({
    ids: clipInputs(config, { dtype: 'int32', shape: [1, 5], data: Int32Array.from(ids) })['ids'] ?? emptyIds,
  })
  const one = (await session.run(row(510, 7, 9, 30, 511)))['last']
  const other = (await session.run(row(510, 7, 9, 200, 511)))['last']
  const before = 3 * config.hidden
  expect(one?.data.slice(0, before)).toEqual(other?.data.slice(0, before))
  expect(one?.data.slice(before)).not.toEqual(other?.data.slice(before))
})

const emptyIds = { dtype: 'int32', shape: [1, 0], data: new Int32Array() } as const

test('covers the families it builds, and no other', () => {
  expect(coversTextEncoder({ config: { relative_attention_num_buckets: 32 } })).toBe(true)
  expect(coversTextEncoder({ config: { max_position_embeddings: 77 } })).toBe(true)
  expect(coversTextEncoder({ config: { rope_theta: 500_000, num_key_value_heads: 2 } })).toBe(false)
})
