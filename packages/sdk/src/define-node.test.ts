import { floatTensor } from '@dicache/tensor'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { block, defineNode, param, port } from './index.ts'
import type { LatentValue, NodeDefinition } from './index.ts'

type Model = { readonly blocks: number }

const sampler: NodeDefinition = defineNode({
  type: 'DemoSampler',
  version: 1,
  title: 'Demo',
  category: 'demo',
  description: 'Shows every kind of input.',
  inputs: {
    model: port.model<Model>(),
    latent: port.latent(),
    mask: port.mask({ optional: true }),
    other: port.custom<Date>('DATE', { lazy: true }),
  },
  params: {
    seed: param.seed(),
    steps: param.int({ default: 20, min: 1, max: 100 }),
    cfg: param.float({ default: 3.5, min: 0, max: 30 }),
    text: param.text({ multiline: true }),
    sampler: param.choice({ options: ['euler', 'heun'], default: 'euler' }),
    file: param.choice({ source: 'models/vae' }),
    enabled: param.boolean({ default: true }),
    note: param.text({ optional: true }),
  },
  outputs: { latent: port.latent(), parts: port.image({ list: true }) },
  checkLazy: ({ params }) => (params.enabled ? ['other'] : []),
  fingerprint: ({ params }) => params.file ?? null,
  run: async ({ inputs, params }) => {
    expectTypeOf(inputs.model).toEqualTypeOf<Model>()
    expectTypeOf(inputs.latent).toEqualTypeOf<LatentValue>()
    expectTypeOf(inputs.other).toEqualTypeOf<Date | undefined>()
    expectTypeOf(params.seed).toEqualTypeOf<bigint>()
    expectTypeOf(params.steps).toEqualTypeOf<number>()
    expectTypeOf(params.sampler).toEqualTypeOf<'euler' | 'heun'>()
    expectTypeOf(params.file).toEqualTypeOf<string>()
    expectTypeOf(params.note).toEqualTypeOf<string | undefined>()
    if (!params.enabled) return { latent: block('off'), parts: [] }
    return { latent: inputs.latent, parts: [floatTensor([1, 1, 1, 3]), block()] }
  },
})

const lists: NodeDefinition = defineNode({
  type: 'DemoLists',
  version: 1,
  title: 'Lists',
  category: 'demo',
  description: 'Gets whole lists.',
  inputIsList: true,
  inputs: { image: port.image() },
  params: { count: param.int({ default: 1 }) },
  output: true,
  run: ({ inputs, params }) => {
    expectTypeOf(params.count).toEqualTypeOf<readonly number[]>()
    expectTypeOf(inputs.image.length).toEqualTypeOf<number>()
  },
})

const base = { version: 1, title: 't', category: 'c', description: 'd' }

describe('defineNode', () => {
  it('refuses outputs that are of another type or missing', () => {
    const wrong = defineNode({
      ...base,
      type: 'Wrong',
      outputs: { latent: port.latent() },
      // @ts-expect-error an IMAGE is no LATENT
      run: () => ({ latent: floatTensor([1]) }),
    })
    // @ts-expect-error the output is missing
    const none = defineNode({ ...base, type: 'Wrong', outputs: { latent: port.latent() }, run: () => ({}) })
    expect(none.manifest).toEqual(wrong.manifest)
  })

  it('keeps the manifest plain', () => {
    for (const { manifest } of [sampler, lists])
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest)
    expect(sampler.manifest.params[0]).toEqual({ name: 'seed', kind: 'seed', default: '0' })
    expect(sampler.manifest.inputs[2]).toEqual({ name: 'mask', type: 'MASK', optional: true })
    expect(lists.manifest).toMatchObject({ output: true, inputIsList: true, outputs: [] })
  })

  it.each([
    ['order must name', { inputs: { a: port.image() }, params: { b: param.int() }, order: ['b'] }],
    ['two inputs', { inputs: { a: port.image() }, params: { a: param.int() } }],
    ['outside 1 … 2', { params: { a: param.int({ default: 3, min: 1, max: 2 }) } }],
    ['not an option', { params: { a: param.choice({ options: ['y'], default: 'x' } as never) } }],
    ['give options', { params: { a: param.choice({ default: 'x' } as never) } }],
    ['required parameters', { params: { a: param.int({ optional: true }), b: param.int() } }],
    ['checkLazy', { inputs: { a: port.image({ lazy: true }) } }],
    ['not whole', { params: { a: param.int({ default: 1.5 }) } }],
    ['reserved', { outputs: { ui: port.image() } }],
  ])('refuses a declaration that contradicts itself: %s', (reason, spec) => {
    const message = { reserved: 'no name' }[reason] ?? reason
    expect(() => defineNode({ ...base, type: 'Bad', ...(spec as object), run: () => ({}) as never })).toThrow(
      message,
    )
  })
})
