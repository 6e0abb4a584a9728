/** FLUX's two text encoders as one CLIP value: T5's hidden states and CLIP's pooled vector. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  clipGraph,
  clipInputs,
  fitRow,
  type Lora,
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
import type { ClipValue, TextEncoderFiles, TextLoras, TextOptions } from './values.ts'

/** Rows of T5 ids where the file does not say: ComfyUI pads to at least this and lets longer prompts grow. */
const T5_LENGTH = 256

/**
 * Opens nothing yet: tokenizers and sessions come with the first prompt.
 * @param loras - those that `options` names
 */
export function textEncoders(
  host: HostServices,
  files: TextEncoderFiles,
  options: TextOptions = {},
  loras?: TextLoras,
): ClipValue {
  return {
    name: [files.t5.model, files.clip.model].map((model) => path.basename(model.path)).join(' + '),
    files,
    options,
    loras,
    async encode(text, signal) {
      const prompt = { text, signal, options }
      const context = await encodeT5(host, files.t5, { ...prompt, lora: loras?.t5 })
      const pooled = await encodeClip(host, files.clip, { ...prompt, lora: loras?.clip })
      return { context, pooled }
    },
  }
}

type Prompt = {
  readonly text: string
  readonly signal: AbortSignal
  readonly options: TextOptions
  readonly lora: Lora | undefined
}

/** [1, L, C]: no mask, padding takes part, as FLUX was trained. */
async function encodeT5(
  host: HostServices,
  { model, config }: TextEncoderFiles['t5'],
  prompt: Prompt,
): Promise<FloatTensor> {
  const tokenizer = await openTokenizer(host, model, 't5')
  const ids = tokenizer.encode(prompt.text)
  const length = t5Length(config, ids.length, prompt.options.t5Padding)
  const rows = stackIds([fitRow(ids, { length, endId: config.endId, padId: config.padId })])
  const { lora } = prompt
  const source = t5Graph(
    {
      file: model.file,
      config,
      mask: false,
      outputs: ['last'],
      compute: 'float32',
      weights: model.weights,
      blocks: blocksFor(config.blocks, prompt.options.lastLayer),
      ...(lora && { lora }),
    },
    model.key,
  )
  const session = await host.openGraph(source, prompt.signal)
  return output(await session.run(t5Inputs(config, rows)), 'last')
}

function t5Length(config: T5Config, ids: number, padding: TextOptions['t5Padding']): number {
  if (padding !== undefined) return Math.max(ids + padding.behind, padding.length)
  return config.length ?? Math.max(T5_LENGTH, ids)
}

/** Blocks up to the chosen layer; the final norm is behind them all the same. A layer that there is not means the last one. */
function blocksFor(blocks: number, lastLayer: number | undefined): number {
  return lastLayer === undefined || -lastLayer > blocks ? blocks : blocks + lastLayer + 1
}

/**
 * [1, D]: the final state at the first end token, whichever layer is chosen: so does ComfyUI. Attention is causal, so nothing after that
 * token is computed.
 */
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
  const { lora } = prompt
  const source = clipGraph(
    {
      file: model.file,
      config,
      outputs: ['pooled'],
      compute: 'float32',
      weights: model.weights,
      ...(lora && { lora }),
    },
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
