/** Single files by their part: a transformer, a pair of text encoders, an autoencoder. */
import { type ConditioningEntry, HostError, type HostServices } from '@dicache/sdk'
import { referencesOf } from './conditioning-extra.ts'
import { autoencoder } from './load-autoencoder.ts'
import { transformerValue } from './load-model.ts'
import { textEncoders } from './load-text-encoders.ts'
import { ModelError, shareModelFile, unknownFamily } from './open-model-file.ts'
import type { ClipValue, ModelValue, VaeValue } from './values.ts'

/** A file of models/diffusion_models. @throws ModelError UNKNOWN_FAMILY for another one. */
export async function loadTransformer(host: HostServices, name: string): Promise<ModelValue> {
  return transformerValue(
    await shareModelFile(host, await host.models.resolve('diffusion_models', name)),
    name,
  )
}

/** A file of models/vae. @throws ModelError UNKNOWN_FAMILY for another one. */
export async function loadVae(host: HostServices, name: string): Promise<VaeValue> {
  const model = await shareModelFile(host, await host.models.resolve('vae', name))
  if (model.found.kind !== 'autoencoder') throw unknownFamily(model, 'an autoencoder (VAE)')
  return autoencoder(host, model, model.found.config)
}

/**
 * A T5 and a CLIP encoder of models/text_encoders, in any order.
 * @throws ModelError UNKNOWN_FAMILY for files that are no such pair.
 */
export async function loadEncoderPair(
  host: HostServices,
  names: readonly [string, string],
): Promise<ClipValue> {
  const [first, second] = await Promise.all(
    names.map(async (name) => shareModelFile(host, await host.models.resolve('text_encoders', name))),
  )
  if (first === undefined || second === undefined) throw new RangeError('two files are needed')
  const [t5, clip] = first.found.kind === 't5' ? [first, second] : [second, first]
  if (t5.found.kind !== 't5') throw unknownFamily(t5, 'a T5 text encoder')
  if (clip.found.kind !== 'clip') throw unknownFamily(clip, 'a CLIP text encoder')
  return textEncoders(host, {
    t5: { model: t5, config: t5.found.config },
    clip: { model: clip, config: clip.found.config },
  })
}

/**
 * Makes sure that a prompt was encoded by encoders that go with the model.
 * @throws ModelError MODEL_MISMATCH
 */
export function refuseForeignPrompt(
  { source, name }: ModelValue,
  entry: {
    readonly context: { readonly shape: readonly number[] }
    readonly pooled?: { readonly shape: readonly number[] }
  },
): void {
  if (source.found.kind !== 'flux') return
  const { contextIn, vectorIn } = source.found.config
  const check = (what: string, is: number | undefined, wanted: number): void => {
    if (is === undefined || is === wanted) return
    throw new ModelError(
      'MODEL_MISMATCH',
      `a prompt was encoded by ${what} with a hidden size of ${is}, but ${name} takes ${wanted}; use the text encoders that go with it`,
      source.path,
    )
  }
  check('a T5', entry.context.shape[2], contextIn)
  check('a CLIP', entry.pooled?.shape[1], vectorIn)
}

/**
 * Makes sure that the pictures a prompt has beside its text are latents of this model.
 * @throws HostError WRONG_SHAPE
 */
export function refuseForeignReferences({ transformer, name }: ModelValue, entry: ConditioningEntry): void {
  for (const { shape } of referencesOf(entry)?.latents ?? []) {
    if (shape.length === 4 && shape[1] === transformer.latentChannels && !shape.includes(0)) continue
    throw new HostError(
      'WRONG_SHAPE',
      `a reference latent is [${shape.join(', ')}], but ${name} takes [batch, ${transformer.latentChannels}, height, width]; encode the picture with the model's own VAE`,
    )
  }
}
