/** Weight files for detection tests: real fixtures, and headers without bytes. */
import { openWeights, type TensorEntry, type WeightFile } from '@dicache/weights'

const fixtures = new URL('../../../../test/golden/fixtures/', import.meta.url)

/** Opens a weight file of the repository's fixtures. */
export function openFixture(path: string): Promise<WeightFile> {
  return openWeights(new URL(path, fixtures).pathname)
}

/** Names and shapes alone, as detection sees them; reading bytes rejects. */
export function headerOnly(
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Readonly<Record<string, string>> = {},
): WeightFile {
  const entries = Object.entries(shapes).map(([name, shape]): [string, TensorEntry] => {
    const byteLength = 2 * shape.reduce((product, extent) => product * extent, 1)
    return [name, { name, dtype: 'F16', shape, file: 'x.safetensors', byteOffset: 0, byteLength }]
  })
  const noBytes = (): Promise<never> => Promise.reject(new Error('this file has no bytes'))
  return {
    path: 'x.safetensors',
    folder: '.',
    metadata,
    tensors: new Map(entries),
    readBytes: noBytes,
    readFloat32: noBytes,
    readTensor: noBytes,
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** The shapes of a file's tensors by name. */
export function shapesOf(file: WeightFile): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Array.from(file.tensors.values(), ({ name, shape }) => [name, shape]))
}

/** The same shapes under other names. */
export function renamed(
  shapes: Readonly<Record<string, readonly number[]>>,
  rename: (name: string) => string,
): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [rename(name), shape]))
}
