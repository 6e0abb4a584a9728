/** How FLUX's embedding is asked for, many noise levels at once, and cut for the parts of one of them. */
import { batchView, type FloatTensor, floatTensor, type NamedTensors } from '@dicache/tensor'
import type { EmbeddingLayout } from '../transformer.ts'
import type { FluxConfig } from './config.ts'
import { probeSpan } from './graphs.ts'
import { modulationWidth } from './modulation.ts'

/** Rows go level by level, samples inside. */
export function fluxEmbedding(config: FluxConfig): EmbeddingLayout {
  const all = modulationWidth(config, { from: 0, to: config.doubleBlocks + config.singleBlocks })
  return {
    sampleBytes: 4 * (all + 3 * config.hidden),
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
    cut(outputs, at) {
      const txt = float(outputs, 'txt')
      const samples = txt.shape[0] ?? 0
      const rows = { start: at.index * samples, count: samples }
      const modulation = float(outputs, 'modulation')
      const { to } = probeSpan(at)
      const part = (from: number, until: number): NamedTensors =>
        from === until ? {} : { modulation: columns(modulation, rows, { from, until }) }
      return {
        probe: { txt, ...part(0, modulationWidth(config, { from: 0, to })) },
        deep: part(modulationWidth(config, { from: 0, to: at.depth }), all),
        head: {
          head_modulation: batchView(float(outputs, 'head_modulation'), rows.start, rows.start + rows.count),
        },
      }
    },
  }
}

function repeatRows(a: FloatTensor, times: number): FloatTensor {
  const data = new Float32Array(a.data.length * times)
  for (let n = 0; n < times; n += 1) data.set(a.data, n * a.data.length)
  return floatTensor([(a.shape[0] ?? 0) * times, ...a.shape.slice(1)], data)
}

/** a[rows, columns] of a [R, K]; a view where the rows lie together. */
function columns(
  a: FloatTensor,
  rows: { readonly start: number; readonly count: number },
  range: { readonly from: number; readonly until: number },
): FloatTensor {
  const width = a.shape[1] ?? 0
  const own = range.until - range.from
  const row = (n: number): Float32Array => {
    const start = (rows.start + n) * width + range.from
    return a.data.subarray(start, start + own)
  }
  if (rows.count === 1) return floatTensor([1, own], row(0))
  const data = new Float32Array(rows.count * own)
  for (let n = 0; n < rows.count; n += 1) data.set(row(n), n * own)
  return floatTensor([rows.count, own], data)
}

function float(outputs: NamedTensors, name: string): FloatTensor {
  const tensor = outputs[name]
  if (tensor?.dtype !== 'float32') throw new TypeError(`the graph gave no float32 output ${name}`)
  return tensor
}
