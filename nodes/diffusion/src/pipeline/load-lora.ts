/** LoRA files on a model: another transformer, or other text encoders, over the same weights, with side paths. */
import {
  clipLoraTargets,
  createLoraPath,
  fluxLoraTargets,
  fluxTransformer,
  type Lora,
  t5LoraTargets,
} from '@dicache/models'
import type { HostServices, Reporter } from '@dicache/sdk'
import { textEncoders } from './load-text-encoders.ts'
import { shareModelFile, type SharedModelFile } from './open-model-file.ts'
import type { ClipValue, LoraChoice, ModelValue } from './values.ts'

export type LoraServices = {
  readonly host: HostServices
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** What a LoRA is put on; a strength of 0 leaves it as it is. */
export type LoraBase = {
  readonly model: ModelValue
  readonly clip?: ClipValue
  readonly strengthClip?: number
}

/**
 * The model with one LoRA more, and its text encoders where they are given. Keys of the file that fit nothing are told as a warning, never
 * dropped in silence; a LoRA that fits nothing is an error.
 * @throws WeightsError WRONG_SHAPE when a pair does not fit the module it names
 */
export async function withLora(
  { model, clip, strengthClip = 0 }: LoraBase,
  choice: LoraChoice,
  services: LoraServices,
): Promise<{ readonly model: ModelValue; readonly clip: ClipValue | undefined }> {
  const file = await loraFile(services.host, choice.name)
  const onModel = await modelWithLora(model, choice, services)
  const onClip = clip && (await clipWithLora(clip, { ...choice, strength: strengthClip }, services))
  const unused = [onModel.lora, ...(onClip?.loras ?? [])].map((lora) => unmatchedOf(lora, file))
  tellUnmatched(file, { unused, choice, on: model.name }, services.report)
  return {
    model: choice.strength === 0 ? model : onModel.model,
    clip: strengthClip === 0 ? clip : onClip?.clip,
  }
}

async function loraFile(host: HostServices, name: string): Promise<SharedModelFile['file']> {
  return (await shareModelFile(host, await host.models.resolve('loras', name))).file
}

async function readLoras(
  loras: readonly LoraChoice[],
  targets: Parameters<typeof createLoraPath>[1],
  { host, signal }: LoraServices,
): Promise<Lora> {
  const files = await Promise.all(loras.map(({ name }) => loraFile(host, name)))
  const inputs = files.map((file, n) => ({ file, strength: loras[n]?.strength ?? 1 }))
  return createLoraPath(inputs, targets, signal)
}

async function modelWithLora(
  model: ModelValue,
  choice: LoraChoice,
  services: LoraServices,
): Promise<{ readonly model: ModelValue; readonly lora: Lora }> {
  const { file, found, key, weights } = model.source
  if (found.kind !== 'flux') throw new TypeError(`${model.name} takes no LoRA`)
  const loras = [...model.loras, choice]
  const lora = await readLoras(loras, fluxLoraTargets(found.config), services)
  const transformer = fluxTransformer(file, found.config, { fileKey: key, compute: 'float32', weights, lora })
  return { model: { ...model, name: `${model.name} + ${choice.name}`, transformer, loras }, lora }
}

async function clipWithLora(
  clip: ClipValue,
  choice: LoraChoice,
  services: LoraServices,
): Promise<{ readonly clip: ClipValue; readonly loras: readonly Lora[] }> {
  const { files, options } = clip
  const loras = [...(options.loras ?? []), choice]
  const t5 = await readLoras(loras, t5LoraTargets(files.t5.config), services)
  const onClip = await readLoras(loras, clipLoraTargets(files.clip.config), services)
  const changed = textEncoders(services.host, files, { ...options, loras }, { t5, clip: onClip })
  return { clip: changed, loras: [t5, onClip] }
}

/** Keys of a file that one part of the model has no use for. */
function unmatchedOf(lora: Lora, { path }: SharedModelFile['file']): ReadonlySet<string> {
  return new Set(lora.unmatched.find((one) => one.path === path)?.keys)
}

type Unmatched = {
  /** What each part of the model has no use for. */
  readonly unused: readonly ReadonlySet<string>[]
  readonly choice: LoraChoice
  readonly on: string
}

/** @throws RangeError when no part has any use for it. */
function tellUnmatched(
  file: SharedModelFile['file'],
  { unused, choice, on }: Unmatched,
  report: Reporter,
): void {
  const all = [...file.tensors.keys()]
  const keys = all.filter((key) => unused.every((one) => one.has(key)))
  if (keys.length === 0) return
  const shown = `${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ' …' : ''}`
  if (keys.length === all.length)
    throw new RangeError(`${choice.name} fits no layer of ${on} (${shown}): it was made for another model`)
  report.log(
    `${choice.name}: ${keys.length} of ${all.length} tensors fit no layer of ${on}: ${shown}`,
    'warning',
  )
}
