/** Golden checks of kind `autoencoder`: the moments of an encoding, the latent that a transformer sees, and a decoded picture. */
import path from 'node:path'
import {
  type AutoencoderSource,
  decoderGraph,
  detectAutoencoder,
  encoderGraph,
  toModelLatent,
} from '@dicache/models'
import type { FloatTensor, NamedTensors } from '@dicache/tensor'
import { openWeights } from '@dicache/weights'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { record } from '../json.ts'

const INPUTS: readonly string[] = ['encode/image', 'decode/latent']

/** True for autoencoders over pictures with BFL's sizes; video and tiny ones have others. */
export function coversAutoencoder(json: unknown): boolean {
  const config = record(record(json)['config'])
  return 'ch_mult' in config && 'z_channels' in config
}

export async function* checkAutoencoder(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const { config, files, scale } = record(c.json)
  for (const fileName of Object.keys(record(files))) {
    const file = await openWeights(path.join(c.folder, fileName))
    try {
      const detected = detectAutoencoder(file, { ...record(config), ...record(scale) })
      if (detected === undefined) throw new TypeError(`${fileName} is not recognised as an autoencoder`)
      const source: AutoencoderSource = { file, config: detected, compute: 'float32', weights: 'resident' }
      const suffix = fileName === 'weights.safetensors' ? '' : ` (${fileName})`
      yield* compareAll(c, await runBoth(c, context, source), suffix)
    } finally {
      await file.close()
    }
  }
}

/** Every result by the name that the case has for it. */
async function runBoth(
  c: CaseReader,
  context: VerifyContext,
  source: AutoencoderSource,
): Promise<NamedTensors> {
  const results: Record<string, FloatTensor> = {}
  if (c.tensorNames.includes('encode/image')) {
    const session = await context.openGraph(encoderGraph(source, source.file.path))
    const moments = await session.run({ image: await c.tensor('encode/image') })
    for (const [name, tensor] of Object.entries(moments)) results[`encode/${name}`] = asFloat(name, tensor)
    const mean = results['encode/mean']
    if (mean !== undefined) results['encode/model_latent'] = toModelLatent(source.config, mean)
  }
  if (c.tensorNames.includes('decode/latent')) {
    const session = await context.openGraph(decoderGraph(source, source.file.path))
    const decoded = await session.run({ latent: await c.tensor('decode/latent') })
    for (const [name, tensor] of Object.entries(decoded)) results[`decode/${name}`] = asFloat(name, tensor)
  }
  return results
}

async function* compareAll(c: CaseReader, results: NamedTensors, suffix: string): AsyncGenerator<Check> {
  for (const name of c.tensorNames) {
    if (INPUTS.includes(name)) continue
    const got = results[name]
    if (got === undefined) {
      yield unknownTensor(name)
      continue
    }
    const atol = Number(record(record(record(c.json)['tensors'])[name])['atol'] ?? 0)
    yield compareNumbers(name + suffix, asFloat(name, got), asFloat(name, await c.tensor(name)), atol)
  }
}
