/** How FLUX's embedding is asked for, many noise levels at once, and cut for the parts of one of them. */
import { type FloatTensor, floatTensor, type NamedTensors } from '@dicache/tensor'
import type { EmbeddingLayout } from '../transformer.ts'
import { type FluxConfig, modulationModules } from './config.ts'
import { HEAD_MODULES } from './modulation.ts'

/** Rows go level by level, samples inside. */
export function fluxEmbedding(config: FluxConfig): EmbeddingLayout {
  const blocks = config.doubleBlocks + config.singleBlocks
  const { hidden, doubleBlocks, singleBlocks } = config
  return {
    sampleBytes: 4 * hidden * (12 * doubleBlocks + 3 * singleBlocks + 3),
    inputs(constants, levels) {
      const { context, pooled, guidance } = constants
      if (context?.dtype !== 'float32' || pooled?.dtype !== 'float32')
        throw new TypeError('FLUX needs context and pooled')
      const samples = pooled.shape[0] ?? 0
      const timestep = levels.flatMap((level) => Array.from({ length: samples }, () => level))
      return {
        context,
        pooled: repeatRows(pooled, levels.length),
        timestep: floatTensor([timestep.length], Float32Array.from(timestep)),
        ...(guidance?.dtype === 'float32' ? { guidance: repeatRows(guidance, levels.length) } : {}),
      }
    },
    cut(outputs, { depth, signal, index }) {
      const txt = float(outputs, 'txt')
      const samples = txt.shape[0] ?? 0
      const rows = (names: readonly string[]): NamedTensors =>
        Object.fromEntries(names.map((name) => [name, levelOf(float(outputs, name), index, samples)]))
      // A signal made of block 0's modulation needs it even where the probe has no block.
      const signals = depth === 0 && signal === 'modulated' ? ['double_blocks.0.img_mod'] : []
      return {
        probe: { txt, ...rows([...modulationModules(config, { from: 0, to: depth }), ...signals]) },
        deep: rows(modulationModules(config, { from: depth, to: blocks })),
        head: rows(HEAD_MODULES),
      }
    },
  }
}

function repeatRows(a: FloatTensor, times: number): FloatTensor {
  const data = new Float32Array(a.data.length * times)
  for (let n = 0; n < times; n += 1) data.set(a.data, n * a.data.length)
  return floatTensor([(a.shape[0] ?? 0) * times, ...a.shape.slice(1)], data)
}

/** Rows of a level as [samples, 1, n], a view. */
function levelOf(a: FloatTensor, index: number, samples: number): FloatTensor {
  const width = a.shape[1] ?? 0
  const data = a.data.subarray(index * samples * width, (index + 1) * samples * width)
  return floatTensor([samples, 1, width], data)
}

function float(outputs: NamedTensors, name: string): FloatTensor {
  const tensor = outputs[name]
  if (tensor?.dtype !== 'float32') throw new TypeError(`the graph gave no float32 output ${name}`)
  return tensor
}
