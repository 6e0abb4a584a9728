/** A transformer file with the text encoders and the autoencoder that go with it. */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, posix } from 'node:path'
import {
  type AutoencoderConfig,
  type ClipConfig,
  type FluxConfig,
  fluxTransformer,
  type Recognised,
  type T5Config,
} from '@dicache/models'
import type { HostServices } from '@dicache/sdk'
import { autoencoder } from './load-autoencoder.ts'
import { textEncoders } from './load-text-encoders.ts'
import { ModelError, type SharedModelFile, shareModelFile, unknownFamily } from './open-model-file.ts'
import type { ClipValue, ModelValue, VaeValue } from './values.ts'

export type LoadedModel = { readonly model: ModelValue; readonly clip: ClipValue; readonly vae: VaeValue }

/** Names of files as the loader's choices show them; `auto` looks beside the transformer, then in the folders of models. */
export type ModelChoice = {
  readonly model: string
  readonly t5: string
  readonly clip: string
  readonly vae: string
}

/** Opens a model's files and recognises them. Weights are read when the first graph that needs them opens. */
export async function loadModel(host: HostServices, choice: ModelChoice): Promise<LoadedModel> {
  const transformer = await shareModelFile(host, await host.models.resolve('diffusion_models', choice.model))
  const model = transformerValue(transformer, choice.model)
  const flux = fluxConfig(transformer)
  const beside = { transformer, transformerName: choice.model }
  const t5 = await companion(host, t5For(flux), { name: choice.t5, ...beside })
  const clip = await companion(host, clipFor(flux), { name: choice.clip, ...beside })
  const vae = await companion(host, vaeFor(flux), { name: choice.vae, ...beside })
  return { model, clip: textEncoders(host, { t5, clip }), vae: autoencoder(host, vae.model, vae.config) }
}

/** A recognised transformer file as a MODEL value. */
export function transformerValue(model: SharedModelFile, name: string): ModelValue {
  const options = { fileKey: model.key, compute: 'float32', weights: model.weights } as const
  return {
    name,
    source: model,
    loras: [],
    transformer: fluxTransformer(model.file, fluxConfig(model), options),
  }
}

function fluxConfig(model: SharedModelFile): FluxConfig {
  if (model.found.kind !== 'flux') throw unknownFamily(model, 'a FLUX.1 transformer')
  return model.found.config
}

type Found<C> = { readonly model: SharedModelFile; readonly config: C }

/** A kind of companion: its words, its folder, its configuration when a file is one, and the size that the transformer takes. */
type Kind<C> = {
  readonly words: string
  readonly folder: string
  readonly configOf: (found: Recognised) => C | undefined
  readonly sizeOf: (config: C) => number
  readonly size: number
  readonly sizeWords: (size: number) => string
}

const hiddenSize = (size: number): string => `a hidden size of ${size}`

function t5For({ contextIn }: FluxConfig): Kind<T5Config> {
  return {
    words: 'a T5 text encoder',
    folder: 'text_encoders',
    configOf: (found) => (found.kind === 't5' ? found.config : undefined),
    sizeOf: ({ hidden }) => hidden,
    size: contextIn,
    sizeWords: hiddenSize,
  }
}

function clipFor({ vectorIn }: FluxConfig): Kind<ClipConfig> {
  return {
    words: 'a CLIP text encoder',
    folder: 'text_encoders',
    configOf: (found) => (found.kind === 'clip' ? found.config : undefined),
    sizeOf: ({ hidden }) => hidden,
    size: vectorIn,
    sizeWords: hiddenSize,
  }
}

/** FLUX packs 2 × 2 places of the latent into one token, so its input has four times the latent's channels. */
function vaeFor({ inChannels }: FluxConfig): Kind<AutoencoderConfig> {
  return {
    words: 'an autoencoder (VAE)',
    folder: 'vae',
    configOf: (found) => (found.kind === 'autoencoder' ? found.config : undefined),
    sizeOf: ({ latentChannels }) => latentChannels,
    size: inChannels / 4,
    sizeWords: (size) => `${size} latent channels`,
  }
}

type Beside = {
  readonly transformer: SharedModelFile
  /** As the loader's choice shows it. */
  readonly transformerName: string
}

async function companion<C>(
  host: HostServices,
  kind: Kind<C>,
  choice: Beside & { readonly name: string },
): Promise<Found<C>> {
  const transformerName = basename(choice.transformer.path)
  if (choice.name !== 'auto') {
    const model = await shareModelFile(host, await host.models.resolve(kind.folder, choice.name))
    const config = kind.configOf(model.found)
    if (config === undefined) throw unknownFamily(model, kind.words)
    if (kind.sizeOf(config) !== kind.size)
      throw new ModelError(
        'MODEL_MISMATCH',
        `${model.path} has ${kind.sizeWords(kind.sizeOf(config))}, but ${transformerName} takes ${kind.sizeWords(kind.size)}; choose ${kind.words} that goes with it, or "auto"`,
        model.path,
      )
    return { model, config }
  }
  for (const { folder, name, path } of await candidates(host, kind.folder, choice)) {
    const model = await shareModelFile(host, path).catch(() => undefined)
    const config = model === undefined ? undefined : kind.configOf(model.found)
    if (model === undefined || config === undefined || kind.sizeOf(config) !== kind.size) continue
    await host.models.resolve(folder, name) // from here on it is one of the run's files
    return { model, config }
  }
  throw new ModelError(
    'MISSING_COMPANION',
    `${kind.words} with ${kind.sizeWords(kind.size)} was not found beside ${transformerName} or in models/${kind.folder}; put one there, or choose it in the loader`,
    choice.transformer.path,
  )
}

type Candidate = { readonly folder: string; readonly name: string; readonly path: string }

/** Files that may be a companion: neighbours of the transformer first, then the folder of their kind. */
async function candidates(
  host: HostServices,
  folder: string,
  { transformer, transformerName }: Beside,
): Promise<readonly Candidate[]> {
  const beside = dirname(transformer.path)
  const listed = await Promise.all(
    (await host.models.list(folder)).map(async ({ name }): Promise<Candidate> => {
      return { folder, name, path: await host.models.peek(folder, name) }
    }),
  )
  const neighbours = (await readdir(beside).catch(() => []))
    .filter((file) => file.endsWith('.safetensors') && file !== basename(transformer.path))
    .map((file): Candidate => {
      const path = join(beside, file)
      const name = posix.join(posix.dirname(transformerName), file)
      // The bundled files lie side by side, each under a name of its own.
      return listed.find((one) => one.path === path) ?? { folder: 'diffusion_models', name, path }
    })
  return [...neighbours, ...listed]
}
