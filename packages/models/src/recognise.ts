/** What a weight file is, told from key names and shapes. */
import { openWeights, type WeightFile } from '@dicache/weights'
import { type AutoencoderConfig, describeAutoencoder, detectAutoencoder } from './autoencoder/config.ts'
import { type ClipConfig, describeClip, detectClip } from './clip/config.ts'
import { detectFlux, describeFlux, type FluxConfig } from './flux/config.ts'
import { describeT5, detectT5, type T5Config } from './t5/config.ts'

/** A recognised model with its sizes. */
export type Recognised =
  | { readonly kind: 'flux'; readonly config: FluxConfig }
  | { readonly kind: 't5'; readonly config: T5Config }
  | { readonly kind: 'clip'; readonly config: ClipConfig }
  | { readonly kind: 'autoencoder'; readonly config: AutoencoderConfig }
  | { readonly kind: 'unknown' }

/** A weight file, opened and recognised. Close `file`. */
export type ModelFile = {
  readonly path: string
  readonly file: WeightFile
  readonly found: Recognised
  readonly parameters: number
}

/**
 * Opens a `.safetensors` file or a folder of shards and recognises what it holds.
 * @throws WeightsError with its own code for whatever is wrong with the file.
 */
export async function openModelFile(path: string, signal?: AbortSignal): Promise<ModelFile> {
  const file = await openWeights(path, signal)
  const parameters = [...file.tensors.values()].reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  )
  return { path, file, found: recognise(file), parameters }
}

/** What a file is. */
export function recognise(file: WeightFile): Recognised {
  const flux = detectFlux(file)
  if (flux !== undefined) return { kind: 'flux', config: flux }
  const t5 = detectT5(file)
  if (t5 !== undefined) return { kind: 't5', config: t5 }
  const clip = detectClip(file)
  if (clip !== undefined) return { kind: 'clip', config: clip }
  const autoencoder = detectAutoencoder(file)
  return autoencoder === undefined ? { kind: 'unknown' } : { kind: 'autoencoder', config: autoencoder }
}

/** One line for people: what the file is, its sizes and stored types. */
export function describeModelFile({ found, file, parameters }: ModelFile): string {
  const types = [...new Set([...file.tensors.values()].map(({ dtype }) => dtype))].join('+')
  const size = parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)} B` : `${(parameters / 1e6).toFixed(1)} M`
  return `${describeFound(found, file)}; ${size} parameters, ${types}`
}

function describeFound(found: Recognised, file: WeightFile): string {
  switch (found.kind) {
    case 'flux':
      return describeFlux(found.config)
    case 't5':
      return describeT5(found.config)
    case 'clip':
      return describeClip(found.config)
    case 'autoencoder':
      return describeAutoencoder(found.config)
    case 'unknown':
      return `of no family this version knows (${describeKeys(file)})`
  }
}

/** The first keys of a file with their types and shapes. */
export function describeKeys(file: WeightFile): string {
  const seen = [...file.tensors.values()]
    .slice(0, 4)
    .map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(', ')}]`)
  return `${file.tensors.size} tensors: ${seen.join('; ')}${file.tensors.size > 4 ? ' …' : ''}`
}
