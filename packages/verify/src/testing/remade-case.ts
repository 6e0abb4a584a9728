/** Copies of a fixture whose weights are stored under other names: the same numbers must come out. */
import { copyFile, mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openWeights, type TensorBytes, writeSafetensors } from '@dicache/weights'

const fixtures = new URL('../../../../test/golden/fixtures/', import.meta.url).pathname

/** What a tensor of the fixture becomes: any number of tensors by their new names. */
export type Remake = (name: string, tensor: TensorBytes) => Readonly<Record<string, TensorBytes>>

/** Writes the case into a temporary folder that goes with the returned value. */
export async function remakeCase(
  name: string,
  remake: Remake,
): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'case-'))
  await using file = await openWeights(path.join(fixtures, name, 'weights.safetensors'))
  const made: Record<string, TensorBytes> = {}
  for (const { name: key, dtype, shape } of file.tensors.values()) {
    Object.assign(made, remake(key, { dtype, shape, bytes: await file.readBytes(key) }))
  }
  await writeSafetensors(path.join(folder.path, 'weights.safetensors'), made)
  for (const copied of ['case.json', 'tensors.safetensors']) {
    await copyFile(path.join(fixtures, name, copied), path.join(folder.path, copied))
  }
  return folder
}
