/** What every graph of a FLUX transformer starts from. */
import { createGraph, type GraphBuilder, type GraphOptions } from '@dicache/onnx'
import type { WeightFile } from '@dicache/weights'
import type { LoraPath } from '../lora/lora-path.ts'
import type { ProbeSignal } from '../transformer.ts'
import { createWeightReader, type WeightReader } from '../weight-reader.ts'
import type { FluxConfig } from './config.ts'
import { createLayers, type Layers } from './layers.ts'
import { fluxLocate } from './layout.ts'

/** A transformer to cut: its file, its sizes, and how it is to be computed. */
export type FluxSource = {
  readonly file: WeightFile
  readonly config: FluxConfig
  /** Blocks in the probe: 0 .. doubleBlocks + singleBlocks. */
  readonly depth: number
  readonly compute: 'float32' | 'float16'
  readonly weights: NonNullable<GraphOptions['weights']>
  readonly lora?: LoraPath
  /** What the probe compares with an earlier evaluation. @defaultValue 'hidden' */
  readonly signal?: ProbeSignal
}

export type Part = { readonly g: GraphBuilder; readonly reader: WeightReader; readonly layers: Layers }

/** An empty graph over the source's file. */
export function startPart(source: FluxSource, name: string): Part {
  const g = createGraph(`flux-${name}`, { weights: source.weights })
  const reader = createWeightReader(g, source.file, {
    compute: source.compute,
    locate: fluxLocate(source.config),
  })
  return { g, reader, layers: createLayers(reader, source.lora) }
}
