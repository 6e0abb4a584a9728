/** The text encoder of a fixture, whatever its family: opened from one of the case's weight files, run on rows of ids. */
import path from 'node:path'
import {
  type ClipConfig,
  type ClipOutput,
  clipGraph,
  clipInputs,
  detectClip,
  detectT5,
  type T5Config,
  type T5Output,
  t5Graph,
  t5Inputs,
} from '@dicache/models'
import type { NamedTensors, OpenGraph, TensorOf } from '@dicache/tensor'
import { openWeights, type WeightFile } from '@dicache/weights'
import { record } from '../json.ts'

/** Rows of token ids and, where the case masks padding, their masks: int32 [B, L]. */
export type EncoderRows = { readonly ids: TensorOf<'int32'>; readonly mask: TensorOf<'int32'> | undefined }

/** An encoder that gives states by the names that fixtures use. */
export type EncoderCase = {
  readonly file: WeightFile
  /** Whether a name is one of its outputs. */
  readonly gives: (name: string) => boolean
  readonly run: (openGraph: OpenGraph, rows: EncoderRows, outputs: readonly string[]) => Promise<NamedTensors>
}

/** True for the families that are built here: T5 v1.1 and UMT5 (relative positions), CLIP (learned positions). */
export function coversTextEncoder(json: unknown): boolean {
  const config = record(record(json)['config'])
  return 'relative_attention_num_buckets' in config || 'max_position_embeddings' in config
}

/** Opens a weight file of a case. @throws TypeError when it is no encoder that is known here. */
export async function openEncoder(folder: string, fileName: string, json: unknown): Promise<EncoderCase> {
  const config = record(record(json)['config'])
  const declared = {
    ...config,
    pad_token_id: config['pad_id'],
    eos_token_id: config['eos_id'] ?? config['end_id'],
  }
  const file = await openWeights(path.join(folder, fileName))
  const t5 = detectT5(file, declared)
  if (t5 !== undefined) return t5Case(file, t5)
  const clip = detectClip(file, declared)
  if (clip !== undefined) return clipCase(file, clip)
  await file.close()
  throw new TypeError(`${fileName} is not recognised as a text encoder`)
}

function t5Case(file: WeightFile, config: T5Config): EncoderCase {
  return {
    file,
    gives: isT5Output,
    async run(openGraph, { ids, mask }, outputs) {
      const wanted = outputs.filter(isT5Output)
      const source = {
        file,
        config,
        mask: mask !== undefined,
        outputs: wanted,
        compute: 'float32',
        weights: 'resident',
      } as const
      const session = await openGraph(t5Graph(source, file.path))
      return session.run(t5Inputs(config, ids, mask))
    },
  }
}

function clipCase(file: WeightFile, config: ClipConfig): EncoderCase {
  return {
    file,
    gives: isClipOutput,
    async run(openGraph, { ids }, outputs) {
      const source = {
        file,
        config,
        outputs: outputs.filter(isClipOutput),
        compute: 'float32',
        weights: 'resident',
      } as const
      const session = await openGraph(clipGraph(source, file.path))
      return session.run(clipInputs(config, ids))
    },
  }
}

function isT5Output(name: string): name is T5Output {
  return name === 'last' || /^block\d+$/.test(name)
}

function isClipOutput(name: string): name is ClipOutput {
  return /^(last|pooled|projected|penultimate|penultimate_normed|hidden\d+)$/.test(name)
}
