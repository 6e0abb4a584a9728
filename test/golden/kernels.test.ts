import { readdir } from 'node:fs/promises'
import {
  buildClip,
  buildDecoder,
  buildEncoder,
  buildFluxDeep,
  buildFluxEmbed,
  buildFluxHead,
  buildFluxProbe,
  buildFluxReuse,
  buildT5,
  createLoraPath,
  fluxLoraTargets,
  type FluxSource,
  type ModelFile,
  openModelFile,
} from '@dicache/models'
import type { GraphBuilder } from '@dicache/onnx'
import { openWeights } from '@dicache/weights'
import { describe, expect, test } from 'vitest'
import { type KernelDevice, kernelGaps, type Node, readKernelRegistry } from './kernels.ts'

const registry = await readKernelRegistry()
const root = new URL('../../', import.meta.url).pathname
const fixture = (name: string): string => `${root}test/golden/fixtures/${name}`
const DEVICES: readonly KernelDevice[] = ['cpu', 'cuda']

const nodesOf = (g: GraphBuilder): readonly Node[] => g.summary().nodes

/** Gaps of a list of graphs on one device, each at the opset that it imports. */
function gapsOf(graphs: readonly GraphBuilder[], device: KernelDevice): readonly string[] {
  return graphs.flatMap((g) => {
    const { nodes, opset } = g.summary()
    return kernelGaps(nodes, { registry, device, opset })
  })
}

type Options = Pick<FluxSource, 'compute' | 'weights'>

/** Every graph of a model file, FLUX cut at every depth that differs in kind. */
function graphsOf({ file, found }: ModelFile, options: Options): readonly GraphBuilder[] {
  switch (found.kind) {
    case 'flux': {
      const { doubleBlocks, singleBlocks } = found.config
      const depths = [0, 1, doubleBlocks, doubleBlocks + 1, doubleBlocks + singleBlocks]
      return depths.flatMap((depth) =>
        [buildFluxEmbed, buildFluxProbe, buildFluxDeep, buildFluxReuse].map((build) =>
          build({ file, config: found.config, depth, ...options }),
        ),
      )
    }
    case 't5':
      return [false, true].map((mask) =>
        buildT5({ file, config: found.config, mask, outputs: ['block0', 'last'], ...options }),
      )
    case 'clip': {
      const outputs = ['hidden1', 'last', 'penultimate', 'penultimate_normed', 'pooled', 'projected'] as const
      const known = found.config.projectionKey === undefined ? outputs.slice(0, -1) : outputs
      return [buildClip({ file, config: found.config, outputs: known, ...options })]
    }
    case 'autoencoder': {
      const source = { file, config: found.config, ...options }
      return found.config.encoder === undefined
        ? [buildDecoder(source)]
        : [buildDecoder(source), buildEncoder(source)]
    }
    case 'unknown':
      throw new Error('of no family that has graphs')
  }
}

async function graphsOfFile(path: string, options: Options): Promise<readonly GraphBuilder[]> {
  const model = await openModelFile(path)
  try {
    return graphsOf(model, options)
  } finally {
    await model.file.close()
  }
}

const float32 = ['resident', 'streamed'].map((weights) => ({ compute: 'float32', weights }) as Options)

describe.each(DEVICES)('%s has a kernel for every node', (device) => {
  test.each([
    'flux-dev/weights.safetensors',
    'flux-dev/weights.diffusers.safetensors',
    'flux-schnell/weights.safetensors',
    'flux-schnell/weights.bf16.safetensors',
    'flux-schnell/weights.fp16.safetensors',
    'flux-schnell/weights.fp8_e4m3fn.safetensors',
    't5/weights.safetensors',
    'clip-l/weights.safetensors',
    'flux-ae/weights.safetensors',
  ])('of %s', async (name) => {
    for (const options of float32) {
      const graphs = await graphsOfFile(fixture(name), options)
      expect(graphs.flatMap(nodesOf).length).toBeGreaterThan(50)
      expect(gapsOf(graphs, device)).toEqual([])
    }
  })

  test('of FLUX with LoRAs', async () => {
    const { file, found } = await openModelFile(fixture('flux-dev/weights.safetensors'))
    if (found.kind !== 'flux') throw new Error('not recognised')
    const names = ['kohya', 'diffusers'].map((name) => fixture(`flux-dev-lora/lora.${name}.safetensors`))
    const files = await Promise.all(names.map((name) => openWeights(name)))
    const inputs = files.map((lora) => ({ file: lora, strength: 0.5 }))
    const { path: lora } = await createLoraPath(inputs, fluxLoraTargets(found.config))
    for (const options of float32) {
      const source = { file, config: found.config, depth: 2, lora, ...options }
      const graphs = [buildFluxEmbed, buildFluxProbe, buildFluxDeep, buildFluxReuse].map((build) =>
        build(source),
      )
      expect(gapsOf(graphs, device)).toEqual([])
    }
    await Promise.all([file, ...files].map((opened) => opened.close()))
  })

  test('of text encoders, autoencoder and FLUX past its embeddings in float16', async () => {
    for (const name of ['t5', 'clip-l', 'flux-ae']) {
      const graphs = await graphsOfFile(fixture(`${name}/weights.safetensors`), {
        compute: 'float16',
        weights: 'resident',
      })
      expect(gapsOf(graphs, device)).toEqual([])
    }
    const { file, found } = await openModelFile(fixture('flux-schnell/weights.fp16.safetensors'))
    if (found.kind !== 'flux') throw new Error('not recognised')
    const source: FluxSource = {
      file,
      config: found.config,
      depth: 1,
      compute: 'float16',
      weights: 'resident',
    }
    const builders = [buildFluxEmbed, buildFluxProbe, buildFluxDeep, buildFluxReuse, buildFluxHead]
    expect(
      gapsOf(
        builders.map((build) => build(source)),
        device,
      ),
    ).toEqual([])
    await file.close()
  })

  test('of the bundled model', async () => {
    const folder = `${root}packages/emoji-model/model`
    const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'))
    expect(names).toHaveLength(4)
    for (const name of names) {
      for (const options of float32) {
        expect(gapsOf(await graphsOfFile(`${folder}/${name}`, options), device)).toEqual([])
      }
    }
  })
})

describe('a mistake does not pass', () => {
  const gap = (node: Partial<Node>, device: KernelDevice, opset?: number): readonly string[] =>
    kernelGaps([{ op: '', domain: '', inputs: ['float32'], outputs: ['float32'], ...node }], {
      registry,
      device,
      ...(opset === undefined ? {} : { opset }),
    })

  test('an operator that this check does not know', () => {
    expect(gap({ op: 'Erf' }, 'cpu')).toEqual([expect.stringContaining('not in the table of this check')])
    expect(gap({ op: 'Gelu', domain: 'com.microsoft' }, 'cpu')).toHaveLength(1)
  })

  test('an operator that a device has not', () => {
    const domains = { 'ai.onnx': { Gelu: { cpu: [] } }, 'com.microsoft': {} }
    const node: Node = { op: 'Gelu', domain: '', inputs: ['float32'], outputs: ['float32'] }
    expect(kernelGaps([node], { registry: { source: '', domains }, device: 'cpu' })).toEqual([
      'Gelu(float32) → float32: cpu has no kernel',
    ])
  })

  test('a version that a device has not', () => {
    const inputs = ['float32', 'float32', 'float32'] as const
    const node = { op: 'InstanceNormalization', inputs }
    expect(gap(node, 'cuda')).toEqual([expect.stringContaining('cuda has kernels of version 6–, not 22')])
    expect(gap(node, 'cuda', 21)).toEqual([])
    expect(gap(node, 'cpu')).toEqual([])
  })

  test('types that a device has not', () => {
    const types = (type: Node['inputs'][number]): Partial<Node> => ({
      op: 'Gelu',
      inputs: [type],
      outputs: [type],
    })
    expect(gap(types('bfloat16'), 'cuda')).toEqual([])
    expect(gap(types('bfloat16'), 'cpu')).toEqual([
      'Gelu(bfloat16) → bfloat16: cpu has no kernel of these types',
    ])
    expect(gap(types('float16'), 'cpu')).toEqual([])
    expect(gap(types('int32'), 'cuda')).toHaveLength(1)
  })

  test('types of one node that contradict each other', () => {
    expect(gap({ op: 'Gemm', inputs: ['float32', 'float16'], outputs: ['float32'] }, 'cuda')).toEqual([
      'Gemm(float32, float16) → float32: its T is both float and float16',
    ])
    expect(gap({ op: 'Where', inputs: ['float32', 'float32', 'float32'] }, 'cuda')).toHaveLength(1)
    expect(gap({ op: 'Abs', inputs: ['float32', 'float32'] }, 'cuda')).toEqual([
      expect.stringContaining('takes or gives 1 values at most'),
    ])
  })
})
