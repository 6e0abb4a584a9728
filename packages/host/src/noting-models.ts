/** Model folders that note which files are asked for, and in which state. */
import { stat } from 'node:fs/promises'
import type { UsedModel } from '@dicache/engine'
import type { HostServices } from '@dicache/sdk'

export function notingModels(
  models: HostServices['models'],
  note: (model: UsedModel) => void,
): HostServices['models'] {
  return {
    ...models,
    async resolve(folder, name) {
      const path = await models.resolve(folder, name)
      const facts = await stat(path)
      note({ folder, name, path, sizeBytes: facts.size, modifiedMs: facts.mtimeMs })
      return path
    },
  }
}
