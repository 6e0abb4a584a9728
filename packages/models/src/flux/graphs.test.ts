import type { GraphBuilder } from '@dicache/onnx'
import type { WeightFile } from '@dicache/weights'
import { describe, expect, it } from 'vitest'
import { FLUX_DEV, FLUX_SMALL, syntheticFluxFile, type SyntheticFlux } from '../testing/synthetic-flux.ts'
import { detectFlux, type FluxConfig } from './config.ts'
import { buildFluxEmbed } from './embed.ts'
import { buildFluxDeep, buildFluxHead, buildFluxProbe, buildFluxReuse } from './graphs.ts'
import type { FluxSource } from './part.ts'

const builders = { embed: buildFluxEmbed, probe: buildFluxProbe, deep: buildFluxDeep, reuse: buildFluxReuse }

function configOf(file: WeightFile): FluxConfig {
  const config = detectFlux(file)
  if (config === undefined) throw new Error('not recognised')
  return config
}

function sourceOf(sizes: SyntheticFlux, changes: Partial<FluxSource> = {}): FluxSource {
  const file = changes.file ?? syntheticFluxFile(sizes)
  return { config: configOf(file), depth: 1, compute: 'float32', weights: 'resident', ...changes, file }
}

function nodesOf(g: GraphBuilder): number {
  return g.summary().nodes.length
}

/** The file, and the keys of it that were asked for. */
function watched(file: WeightFile): { readonly file: WeightFile; readonly asked: Set<string> } {
  const asked = new Set<string>()
  class Watched extends Map<string, NonNullable<ReturnType<WeightFile['tensors']['get']>>> {
    override get(key: string): ReturnType<WeightFile['tensors']['get']> {
      asked.add(key)
      return super.get(key)
    }
  }
  return { file: { ...file, tensors: new Watched(file.tensors) }, asked }
}

const shapes = (g: GraphBuilder): Readonly<Record<string, string>> => {
  const { inputs, outputs } = g.summary()
  const show = (kind: string) => (value: (typeof inputs)[number]) =>
    [`${kind} ${value.name}`, `${value.type} ${value.shape.join(' ')}`] as const
  return Object.fromEntries([...inputs.map(show('in')), ...outputs.map(show('out'))])
}

describe('the published size', () => {
  const whole = syntheticFluxFile(FLUX_DEV)
  const bytes = [...whole.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)

  it('has 57 blocks and 11.9 billion parameters', () => {
    expect(configOf(whole)).toMatchObject({
      doubleBlocks: 19,
      singleBlocks: 38,
      heads: 24,
      axes: [16, 56, 56],
    })
    expect(bytes / 2).toBe(11_901_408_320)
  })

  it.each([0, 1, 19, 20, 57])(
    'cut after block %i, embedding, probe and deep hold every byte once',
    (depth) => {
      const config = configOf(whole)
      const { file, asked } = watched(whole)
      const source: FluxSource = { file, config, depth, compute: 'float32', weights: 'resident' }
      const held = [buildFluxEmbed, buildFluxProbe, buildFluxDeep].map(
        (build) => build(source).summary().weightBytes,
      )
      expect(held.reduce((a, b) => a + b, 0)).toBe(bytes)
      expect([...asked].toSorted()).toEqual([...whole.tensors.keys()].toSorted())
    },
  )

  it('is read into no graph: models of less than a megabyte', () => {
    for (const build of Object.values(builders)) {
      expect(build(sourceOf(FLUX_DEV)).build().length).toBeLessThan(1e6)
    }
  })

  it('grows by the same nodes with each block, and by few enough', () => {
    const probe = (depth: number): number => nodesOf(buildFluxProbe(sourceOf(FLUX_DEV, { depth })))
    const [double, single] = [probe(3) - probe(2), probe(22) - probe(21)]
    expect(probe(19) - probe(3)).toBe(16 * double)
    expect(probe(57) - probe(22)).toBe(35 * single)
    // Every weight and bias of a bf16 file has a cast, which resident weights fold away at load.
    const casts = { double: 28, single: 12 }
    expect(double - casts.double).toBeLessThanOrEqual(70)
    expect(single - casts.single).toBeLessThanOrEqual(30)
  })

  it('reuses with the weights of the head alone', () => {
    const { file, asked } = watched(whole)
    const config = configOf(whole)
    const g = buildFluxReuse({ file, config, depth: 1, compute: 'float32', weights: 'resident' })
    expect([...asked].toSorted()).toEqual(['final_layer.linear.bias', 'final_layer.linear.weight'])
    expect(nodesOf(g)).toBeLessThanOrEqual(64)
  })
})

describe('the three parts', () => {
  it('fit each other', () => {
    const source = sourceOf(FLUX_SMALL)
    expect(shapes(buildFluxProbe(source))).toEqual({
      'in x': 'float32 B L 64',
      'in txt': 'float32 B T 64',
      'in double_blocks.0.img_mod': 'float32 B 1 384',
      'in double_blocks.0.txt_mod': 'float32 B 1 384',
      'in rope_cos': 'float32 T+L 8',
      'in rope_sin': 'float32 T+L 8',
      'in h0_prev': 'float32 B L 64',
      'in hm_prev': 'float32 B L 64',
      'out h0': 'float32 B L 64',
      'out hm': 'float32 B L 64',
      'out ctx': 'float32 B T 64',
      'out dx': 'float32 B',
      'out mx': 'float32 B',
      'out dy': 'float32 B',
      'out my': 'float32 B',
    })
    expect(shapes(buildFluxDeep(source))).toEqual({
      'in h0': 'float32 B L 64',
      'in hm': 'float32 B L 64',
      'in ctx': 'float32 B T 64',
      'in double_blocks.1.img_mod': 'float32 B 1 384',
      'in double_blocks.1.txt_mod': 'float32 B 1 384',
      'in single_blocks.0.modulation': 'float32 B 1 192',
      'in single_blocks.1.modulation': 'float32 B 1 192',
      'in final_layer.shift': 'float32 B 1 64',
      'in final_layer.scale': 'float32 B 1 64',
      'in rope_cos': 'float32 T+L 8',
      'in rope_sin': 'float32 T+L 8',
      'out residual': 'float32 B L 64',
      'out probe_residual': 'float32 B L 64',
      'out out': 'float32 B L 64',
    })
    expect(shapes(buildFluxReuse(source))).toMatchObject({
      'in r1': 'float32 B L 64',
      'in p2': 'float32 B L 64',
      'in groups': 'float32 B B',
      'in guard': 'bool 1',
      'out out': 'float32 B L 64',
      'out gamma': 'float32 B',
      'out aligned': 'bool B',
    })
  })

  it('of the probe compare what is asked for, and nothing else', () => {
    const compared = (
      signal: NonNullable<FluxSource['signal']>,
      depth: number,
    ): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(shapes(buildFluxProbe(sourceOf(FLUX_SMALL, { signal, depth })))).filter(([name]) =>
          /_prev$|out (?:signal|[dm][xy])$/.test(name),
        ),
      )
    const change = { 'out dy': 'float32 B', 'out my': 'float32 B' }
    expect(compared('none', 0)).toEqual({})
    expect(compared('residual', 1)).toEqual({ 'in signal_prev': 'float32 B L 64', ...change })
    expect(compared('modulated', 0)).toEqual({
      'in signal_prev': 'float32 B L 64',
      'out signal': 'float32 B L 64',
      ...change,
    })
    expect(Object.keys(compared('hidden', 1))).toHaveLength(6)
    const modules = Object.keys(
      shapes(buildFluxProbe(sourceOf(FLUX_SMALL, { signal: 'modulated', depth: 0 }))),
    ).filter((name) => name.includes('_mod'))
    expect(modules).toEqual(['in double_blocks.0.img_mod'])
  })

  it('have a head alone, on two tensors that are added', () => {
    const g = buildFluxHead(sourceOf(FLUX_SMALL))
    expect(shapes(g)).toEqual({
      'in base': 'float32 B L 64',
      'in residual': 'float32 B L 64',
      'in final_layer.shift': 'float32 B 1 64',
      'in final_layer.scale': 'float32 B 1 64',
      'out out': 'float32 B L 64',
    })
    expect(nodesOf(g)).toBeLessThan(nodesOf(buildFluxReuse(sourceOf(FLUX_SMALL))))
  })

  it('take a guidance scale only where the file embeds one', () => {
    const names = (guidance: boolean): readonly string[] =>
      buildFluxEmbed(sourceOf({ ...FLUX_SMALL, guidance })).inputs.map(({ name }) => name)
    expect(names(true)).toContain('guidance')
    expect(names(false)).not.toContain('guidance')
  })

  it('name every tensor that is missing, at once', () => {
    const file = syntheticFluxFile(FLUX_SMALL)
    const gone = [
      'double_blocks.0.txt_attn.proj.weight',
      'double_blocks.0.img_attn.norm.key_norm.scale',
      'img_in.bias',
    ]
    const config = configOf(file)
    const tensors = new Map([...file.tensors].filter(([name]) => !gone.includes(name)))
    const source = { ...sourceOf(FLUX_SMALL), config, file: { ...file, tensors } }
    for (const name of gone) expect(() => buildFluxProbe(source)).toThrow(name)
    expect(() => buildFluxProbe(source)).toThrow(/3 tensors are missing/)
    expect(() => buildFluxReuse(source)).not.toThrow()
  })

  it('refuse a tensor of another shape, and name it', () => {
    const file = syntheticFluxFile(FLUX_SMALL)
    const name = 'single_blocks.1.linear2.weight'
    const entry = file.tensors.get(name)
    if (entry === undefined) throw new Error('no such tensor')
    const tensors = new Map(file.tensors).set(name, { ...entry, shape: [64, 319] })
    expect(() => buildFluxDeep({ ...sourceOf(FLUX_SMALL), file: { ...file, tensors } })).toThrow(
      /single_blocks\.1\.linear2\.weight": its shape is \[64, 319\] where \[64, 320\] is needed/,
    )
  })
})

describe('the embedding', () => {
  it('takes rows for any number of evaluations, apart from the prompts', () => {
    expect(shapes(buildFluxEmbed(sourceOf(FLUX_SMALL)))).toEqual({
      'in context': 'float32 B T 48',
      'in pooled': 'float32 E 40',
      'in timestep': 'float32 E',
      'in guidance': 'float32 E',
      'out txt': 'float32 B T 64',
      'out vec': 'float32 E 64',
      'out double_blocks.0.img_mod': 'float32 E 384',
      'out double_blocks.0.txt_mod': 'float32 E 384',
      'out double_blocks.1.img_mod': 'float32 E 384',
      'out double_blocks.1.txt_mod': 'float32 E 384',
      'out single_blocks.0.modulation': 'float32 E 192',
      'out single_blocks.1.modulation': 'float32 E 192',
      'out final_layer.shift': 'float32 E 64',
      'out final_layer.scale': 'float32 E 64',
    })
  })

  it('holds more than a quarter of the published model, which no step reads', () => {
    const embed = buildFluxEmbed(sourceOf(FLUX_DEV)).summary().weightBytes
    expect(embed / (2 * 11_901_408_320)).toBeGreaterThan(0.27)
  })

  it('is the same bytes for streamed weights', () => {
    const [resident, streamed] = (['resident', 'streamed'] as const).map((weights) =>
      buildFluxEmbed(sourceOf(FLUX_SMALL, { weights })).summary(),
    )
    expect(streamed?.weightBytes).toBe(resident?.weightBytes)
  })
})
