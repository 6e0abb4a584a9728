/** A FLUX checkpoint of any size as a header alone: every tensor has its type, shape and place, and no bytes. */
import type { TensorEntry, WeightFile } from '@dicache/weights'
import type { FluxConfig } from '../flux/config.ts'
import { fluxLoraTargets } from '../lora/flux-targets.ts'

/** Sizes that a checkpoint is made for, and the type that its tensors are stored in. */
export type SyntheticFlux = Pick<
  FluxConfig,
  | 'hidden'
  | 'headDim'
  | 'mlp'
  | 'doubleBlocks'
  | 'singleBlocks'
  | 'inChannels'
  | 'contextIn'
  | 'vectorIn'
  | 'guidance'
> & { readonly dtype: 'F32' | 'F16' | 'BF16' | 'F8_E4M3' }

/** FLUX.1 dev as published: 57 blocks, 11.9 billion parameters. */
export const FLUX_DEV: SyntheticFlux = {
  hidden: 3072,
  headDim: 128,
  mlp: 12_288,
  doubleBlocks: 19,
  singleBlocks: 38,
  inChannels: 64,
  contextIn: 4096,
  vectorIn: 768,
  guidance: true,
  dtype: 'BF16',
}

/** One of each kind of block, small: for tests of what does not depend on size. */
export const FLUX_SMALL: SyntheticFlux = {
  ...FLUX_DEV,
  hidden: 64,
  headDim: 16,
  mlp: 256,
  doubleBlocks: 2,
  singleBlocks: 2,
  contextIn: 48,
  vectorIn: 40,
}

const BYTES = { F32: 4, F16: 2, BF16: 2, F8_E4M3: 1 } as const
const FILE = 'synthetic.safetensors'

/** A file in BFL's layout, its tensors one behind the other. Reading bytes rejects. */
export function syntheticFluxFile(config: SyntheticFlux): WeightFile {
  const tensors = new Map<string, TensorEntry>()
  let byteOffset = 4096
  for (const [name, shape] of shapesOf(config)) {
    const byteLength = shape.reduce((product, extent) => product * extent, BYTES[config.dtype])
    tensors.set(name, { name, dtype: config.dtype, shape, file: FILE, byteOffset, byteLength })
    byteOffset += byteLength
  }
  const noBytes = (): Promise<never> => Promise.reject(new Error('this file has no bytes'))
  return {
    path: FILE,
    folder: '.',
    metadata: {},
    tensors,
    readBytes: noBytes,
    readFloat32: noBytes,
    readTensor: noBytes,
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function shapesOf(config: SyntheticFlux): readonly (readonly [string, readonly number[]])[] {
  const norms = [
    ...Array.from({ length: config.doubleBlocks }, (_, n) => [
      `double_blocks.${n}.img_attn.norm`,
      `double_blocks.${n}.txt_attn.norm`,
    ]).flat(),
    ...Array.from({ length: config.singleBlocks }, (_, n) => `single_blocks.${n}.norm`),
  ]
  return [
    ...[...fluxLoraTargets(config).bases].flatMap(([module, [out, inn]]) => [
      [`${module}.weight`, [out, inn]] as const,
      [`${module}.bias`, [out]] as const,
    ]),
    ...norms.flatMap((norm) => [
      [`${norm}.query_norm.scale`, [config.headDim]] as const,
      [`${norm}.key_norm.scale`, [config.headDim]] as const,
    ]),
  ]
}
