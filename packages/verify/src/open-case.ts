/** Opens a fixture folder: case.json and tensors.safetensors, read through the project's own weight reader. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { openWeights, WeightsError } from '@dicache/weights'
import type { CaseReader } from './check.ts'

export type OpenedCase = CaseReader & { readonly close: () => Promise<void> }

/** Opens a case. Rejects when there is no case.json, or it is not JSON. A case without tensors has no tensor names. */
export async function openCase(folder: string): Promise<OpenedCase> {
  const readJson = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(path.join(folder, file), 'utf8'))
  const json = await readJson('case.json')
  const file = await openWeights(path.join(folder, 'tensors.safetensors')).catch((error: unknown) => {
    if (error instanceof WeightsError && error.code === 'FILE_NOT_FOUND') return undefined
    throw error
  })
  const none = (name: string): Promise<never> =>
    Promise.reject(new RangeError(`${folder} has no tensor ${name}`))
  return {
    folder,
    json,
    readJson,
    tensorNames: [...(file?.tensors.keys() ?? [])],
    tensor: (name) => file?.readTensor(name) ?? none(name),
    close: async () => file?.close(),
  }
}
