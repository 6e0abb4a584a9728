/** FLUX's two text encoders as one CLIP value: T5's hidden states and CLIP's pooled vector. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type ClipConfig,
  clipGraph,
  clipInputs,
  fitRow,
  loadTokenizer,
  stackIds,
  type T5Config,
  t5Graph,
  t5Inputs,
  type Tokenizer,
  TokenizerError,
} from '@dicache/models'
import type { HostServices } from '@dicache/sdk'
import type { FloatTensor, NamedTensors } from '@dicache/tensor'
import { ModelError, type SharedModelFile } from './open-model-file.ts'
import type { ClipValue } from './values.ts'

/** Rows of T5 ids where the file does not say: ComfyUI pads to at least this and lets longer prompts grow. */
const T5_LENGTH = 256

export type TextEncoderFiles = {
  readonly t5: { readonly model: SharedModelFile; readonly config: T5Config }
  readonly clip: { readonly model: SharedModelFile; readonly config: ClipConfig }
}

/** Opens nothing yet: tokenizers and sessions come with the first prompt. */
export function textEncoders(host: HostServices, files: TextEncoderFiles): ClipValue {
  return {
    name: `${path.basename(files.t5.model.path)} + ${path.basename(files.clip.model.path)}`,
    async encode(text, signal) {
      const context = await encodeT5(host, files.t5, { text, signal })
      const pooled = await encodeClip(host, files.clip, { text, signal })
      return { context, pooled }
    },
  }
}

type Prompt = { readonly text: string; readonly signal: AbortSignal }

/** [1, L, C]: no mask, padding takes part, as FLUX was trained. */
async function encodeT5(
  host: HostServices,
  { model, config }: TextEncoderFiles['t5'],
  prompt: Prompt,
): Promise<FloatTensor> {
  const tokenizer = await openTokenizer(host, model, 't5')
  const ids = tokenizer.encode(prompt.text)
  const length = config.length ?? Math.max(T5_LENGTH, ids.length)
  const rows = stackIds([fitRow(ids, { length, endId: config.endId, padId: config.padId })])
  const source = t5Graph(
    { file: model.file, config, mask: false, outputs: ['last'], compute: 'float32', weights: model.weights },
    model.key,
  )
  const session = await host.openGraph(source, prompt.signal)
  return output(await session.run(t5Inputs(config, rows)), 'last')
}

/** [1, D]: the final state at the first end token. Attention is causal, so nothing after that token is computed. */
async function encodeClip(
  host: HostServices,
  { model, config }: TextEncoderFiles['clip'],
  prompt: Prompt,
): Promise<FloatTensor> {
  const tokenizer = await openTokenizer(host, model, 'clip')
  const row = fitRow(tokenizer.encode(prompt.text), {
    length: config.positions,
    endId: config.endId,
    padId: config.padId,
  })
  const rows = stackIds([row.slice(0, row.indexOf(config.endId) + 1)])
  const source = clipGraph(
    { file: model.file, config, outputs: ['pooled'], compute: 'float32', weights: model.weights },
    model.key,
  )
  const session = await host.openGraph(source, prompt.signal)
  return output(await session.run(clipInputs(config, rows)), 'pooled')
}

/**
 * The tokenizer beside the weights: `NAME-tokenizer.json`, `KIND-tokenizer.json` or `tokenizer.json` in the same folder, or
 * `models/tokenizers/KIND.json`.
 */
async function openTokenizer(
  host: HostServices,
  model: SharedModelFile,
  kind: 't5' | 'clip',
): Promise<Tokenizer> {
  const folder = path.dirname(model.path)
  const stem = path.basename(model.path).replace(/\.safetensors$/, '')
  const candidates = [
    `${stem}-tokenizer.json`,
    `${stem}.tokenizer.json`,
    `${kind}-tokenizer.json`,
    'tokenizer.json',
  ].map((name) => path.join(folder, name))
  const common = `${kind}.json`
  const { tokenizer, isCommon } = await host.resource(`tokenizer ${kind} ${model.key}`, async () => {
    const shared = await host.models.peek('tokenizers', common).catch(() => undefined)
    for (const candidate of shared === undefined ? candidates : [...candidates, shared]) {
      const json = await readFile(candidate, 'utf8').catch(() => undefined)
      if (json === undefined) continue
      return { value: { tokenizer: readTokenizer(json, candidate), isCommon: candidate === shared } }
    }
    throw new ModelError(
      'MISSING_TOKENIZER',
      `${model.path} has no tokenizer: put its tokenizer.json beside it, or as models/tokenizers/${kind}.json`,
      model.path,
    )
  })
  if (isCommon) await host.models.resolve('tokenizers', common)
  return tokenizer
}

/** Says which file is damaged: what is read may be any of several. */
function readTokenizer(json: string, file: string): Tokenizer {
  try {
    return loadTokenizer(JSON.parse(json))
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TokenizerError)) throw error
    const message = `${file} cannot be used: ${error.message}; put the model's own tokenizer.json there`
    throw new ModelError('BAD_TOKENIZER', message, file)
  }
}

function output(tensors: NamedTensors, name: string): FloatTensor {
  const tensor = tensors[name]
  if (tensor?.dtype !== 'float32') throw new TypeError(`the text encoder gave no ${name}`)
  return tensor
}
