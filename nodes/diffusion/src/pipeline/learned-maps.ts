/**
 * What decoding taught about colours of latents, kept over runs: sums by autoencoder, and which autoencoder decodes what
 * a model samples. A model's first run has no colours; from the first decoded picture on it has.
 */
import { createHash } from 'node:crypto'
import { type HostServices, isJsonObject, type JsonValue, type LatentValue } from '@dicache/sdk'
import type { FloatTensor } from '@dicache/tensor'
import { addPicture, type LatentSums, noSums, solveMap } from './fit-latent-map.ts'
import type { LatentMap } from './latent-map.ts'
import type { VaeValue } from './values.ts'

const NOTE = 'latent-colours'
/** The ones used last are kept. */
const MOST_AUTOENCODERS = 16
const MOST_MODELS = 128
const MOST_CHANNELS = 32

type Notes = {
  readonly autoencoders: ReadonlyMap<string, LatentSums>
  /** Keys of autoencoders by keys of models. */
  readonly models: ReadonlyMap<string, string>
}

/** Names a weight file in a note and in latents, without its path. */
export function noteKey(fileKey: string): string {
  return createHash('sha256').update(fileKey).digest('hex').slice(0, 32)
}

/** The colours of what a model samples, if pictures of it were decoded before. */
export async function learnedMap(host: HostServices, modelKey: string): Promise<LatentMap | undefined> {
  const { autoencoders, models } = await readNotes(host)
  const sums = autoencoders.get(models.get(modelKey) ?? '')
  return sums && solveMap(sums)
}

export type DecodeServices = {
  readonly host: HostServices
  readonly signal: AbortSignal
  /** @defaultValue whole */
  readonly tiles?: Parameters<VaeValue['decode']>[2]
}

/** Decodes a latent, and learns from the picture where the model it comes from has no colours of its own. */
export async function decodeLatent(
  vae: VaeValue,
  { samples, sampledBy }: LatentValue,
  { host, signal, tiles }: DecodeServices,
): Promise<FloatTensor> {
  const image = await vae.decode(samples, signal, tiles)
  if (sampledBy !== undefined) await learn(host, { modelKey: sampledBy, vaeKey: vae.key, samples, image })
  return image
}

async function learn(
  host: HostServices,
  lesson: {
    readonly modelKey: string
    readonly vaeKey: string
    readonly samples: FloatTensor
    readonly image: FloatTensor
  },
): Promise<void> {
  const { modelKey, vaeKey, samples, image } = lesson
  const [, channels = 0] = samples.shape
  if (channels < 1 || channels > MOST_CHANNELS) return
  const { autoencoders, models } = await readNotes(host)
  const known = autoencoders.get(vaeKey)
  const sums = addPicture(known?.channels === channels ? known : noSums(channels), samples, image)
  if (sums === undefined) return
  const latest = <T>(map: ReadonlyMap<string, T>, key: string, value: T, most: number): [string, T][] =>
    [...[...map].filter(([name]) => name !== key), [key, value] as [string, T]].slice(-most)
  await host.notes.write(NOTE, {
    autoencoders: latest(autoencoders, vaeKey, sums, MOST_AUTOENCODERS),
    models: latest(models, modelKey, vaeKey, MOST_MODELS),
  } as JsonValue)
}

/** What of the note can be read; the rest counts as not there. */
async function readNotes(host: HostServices): Promise<Notes> {
  const note = await host.notes.read(NOTE)
  const pairs = (name: string): readonly (readonly [string, JsonValue])[] => {
    const list = isJsonObject(note) ? note[name] : undefined
    return Array.isArray(list) ? list.filter(isPair) : []
  }
  return {
    autoencoders: new Map(
      pairs('autoencoders').flatMap(([key, sums]) => (isSums(sums) ? [[key, sums]] : [])),
    ),
    models: new Map(pairs('models').flatMap(([key, vae]) => (typeof vae === 'string' ? [[key, vae]] : []))),
  }
}

function isPair(value: JsonValue): value is readonly [string, JsonValue] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'
}

function isSums(value: JsonValue): value is JsonValue & LatentSums {
  if (!isJsonObject(value)) return false
  const { channels, pixels, products, colours } = value
  if (typeof channels !== 'number' || !Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS)
    return false
  const numbers = (list: JsonValue | undefined, length: number): boolean =>
    Array.isArray(list) && list.length === length && list.every(Number.isFinite)
  return (
    typeof pixels === 'number' &&
    pixels >= 0 &&
    numbers(products, (channels + 1) ** 2) &&
    numbers(colours, (channels + 1) * 3)
  )
}
