/** The linear layers of a FLUX transformer that a LoRA can attach to. */
import { fluxDiffusersMap, type LinearShape, type LoraTargets } from '@dicache/weights'
import type { FluxConfig } from '../flux/config.ts'

/** The sizes that linear layers follow from. */
export type FluxSizes = Pick<
  FluxConfig,
  'hidden' | 'mlp' | 'doubleBlocks' | 'singleBlocks' | 'inChannels' | 'contextIn' | 'vectorIn' | 'guidance'
>

/** Channels of the sinusoids that time and guidance are embedded from. */
const SINUSOID = 256

/** Every linear layer in BFL's names with its [out, in], from the sizes alone, and diffusers' names of the same rows. */
export function fluxLoraTargets(config: FluxSizes): LoraTargets {
  const { hidden: c, doubleBlocks, singleBlocks } = config
  const embedders = config.guidance ? ['time_in', 'guidance_in'] : ['time_in']
  const bases: readonly (readonly [string, LinearShape])[] = [
    ['img_in', [c, config.inChannels]],
    ['txt_in', [c, config.contextIn]],
    ...embedders.flatMap((name) => embedder(name, [c, SINUSOID])),
    ...embedder('vector_in', [c, config.vectorIn]),
    ...Array.from({ length: doubleBlocks }, (_, index) => doubleBlock(config, index)).flat(),
    ...Array.from({ length: singleBlocks }, (_, index) => singleBlock(config, index)).flat(),
    ['final_layer.adaLN_modulation.1', [2 * c, c]],
    ['final_layer.linear', [config.inChannels, c]],
  ]
  return { bases: new Map(bases), modules: fluxDiffusersMap(doubleBlocks, singleBlocks) }
}

type Module = readonly [string, LinearShape]

function embedder(name: string, [out, inn]: LinearShape): readonly Module[] {
  return [
    [`${name}.in_layer`, [out, inn]],
    [`${name}.out_layer`, [out, out]],
  ]
}

function doubleBlock({ hidden: c, mlp }: FluxSizes, index: number): readonly Module[] {
  return ['img', 'txt'].flatMap((stream): readonly Module[] => {
    const base = `double_blocks.${index}.${stream}`
    return [
      [`${base}_mod.lin`, [6 * c, c]],
      [`${base}_attn.qkv`, [3 * c, c]],
      [`${base}_attn.proj`, [c, c]],
      [`${base}_mlp.0`, [mlp, c]],
      [`${base}_mlp.2`, [c, mlp]],
    ]
  })
}

function singleBlock({ hidden: c, mlp }: FluxSizes, index: number): readonly Module[] {
  const base = `single_blocks.${index}`
  return [
    [`${base}.modulation.lin`, [3 * c, c]],
    [`${base}.linear1`, [3 * c + mlp, c]],
    [`${base}.linear2`, [c, c + mlp]],
  ]
}
