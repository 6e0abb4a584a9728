/** LoRA files on a model: another transformer over the same weights, with side paths. */
import { createLoraPath, fluxLoraTargets, fluxTransformer } from '@dicache/models'
import type { HostServices, Reporter } from '@dicache/sdk'
import { shareModelFile } from './open-model-file.ts'
import type { LoraChoice, ModelValue } from './values.ts'

export type LoraServices = {
  readonly host: HostServices
  readonly report: Reporter
  readonly signal: AbortSignal
}

/**
 * The model with one LoRA more. Keys of the file that fit nothing are told as a warning, never dropped in silence; a LoRA that fits nothing is an error.
 * @throws WeightsError WRONG_SHAPE when a pair does not fit the module it names
 */
export async function withLora(
  model: ModelValue,
  choice: LoraChoice,
  services: LoraServices,
): Promise<ModelValue> {
  const { host, report, signal } = services
  const { file, found, key, weights } = model.source
  if (found.kind !== 'flux') throw new TypeError(`${model.name} takes no LoRA`)
  const loras = [...model.loras, choice]
  const opened = await Promise.all(
    loras.map(
      async ({ name }) => (await shareModelFile(host, await host.models.resolve('loras', name))).file,
    ),
  )
  const inputs = opened.map((lora, n) => ({ file: lora, strength: loras[n]?.strength ?? 1 }))
  const lora = await createLoraPath(inputs, fluxLoraTargets(found.config), signal)
  const unmatched = lora.unmatched.find(({ path }) => path === opened.at(-1)?.path)
  const total = [...(opened.at(-1)?.tensors.keys() ?? [])].length
  if (unmatched !== undefined) {
    const shown = `${unmatched.keys.slice(0, 3).join(', ')}${unmatched.keys.length > 3 ? ' …' : ''}`
    if (unmatched.keys.length >= total) {
      throw new RangeError(
        `${choice.name} fits no layer of ${model.name} (${shown}): it was made for another model`,
      )
    }
    report.log(
      `${choice.name}: ${unmatched.keys.length} of ${total} tensors fit no layer of ${model.name}: ${shown}`,
      'warning',
    )
  }
  const transformer = fluxTransformer(file, found.config, { fileKey: key, compute: 'float32', weights, lora })
  return { ...model, name: `${model.name} + ${choice.name}`, transformer, loras }
}
