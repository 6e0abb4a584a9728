/** Makes a {@link WeightFile} of checked entries and a way to read their bytes. */
import { WeightsError } from './errors.ts'
import { toFloat32 } from './to-float32.ts'
import { toTensor } from './to-tensor.ts'
import type { TensorEntry, WeightFile } from './weight-file.ts'

/** What a weight file is made of. */
export type WeightFileParts = Pick<WeightFile, 'path' | 'folder' | 'metadata' | 'tensors' | 'close'> & {
  readonly readEntry: (entry: TensorEntry, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>
}

export function createWeightFile(parts: WeightFileParts): WeightFile {
  const { path, folder, metadata, tensors, close, readEntry } = parts

  function entryOf(name: string): TensorEntry {
    const entry = tensors.get(name)
    if (entry === undefined) {
      throw new WeightsError('MISSING_KEYS', 'there is no such tensor', { path, key: name, keys: [name] })
    }
    return entry
  }

  function wrongDType(entry: TensorEntry, wanted: string): WeightsError {
    return new WeightsError('WRONG_DTYPE', `${entry.dtype} cannot be read as ${wanted}`, {
      path,
      key: entry.name,
    })
  }

  return {
    path,
    folder,
    metadata,
    tensors,
    close,
    [Symbol.asyncDispose]: close,
    async readBytes(name, signal) {
      return await readEntry(entryOf(name), signal)
    },
    async readFloat32(name, signal) {
      const entry = entryOf(name)
      const data = toFloat32(entry.dtype, await readEntry(entry, signal))
      if (data === undefined) throw wrongDType(entry, 'float32')
      return { dtype: 'float32', shape: entry.shape, data }
    },
    async readTensor(name, signal) {
      const entry = entryOf(name)
      const tensor = toTensor(entry.dtype, entry.shape, await readEntry(entry, signal))
      if (tensor === undefined) throw wrongDType(entry, 'a tensor without loss')
      return tensor
    },
  }
}
