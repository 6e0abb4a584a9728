/** Writes a .safetensors file; the same tensors give the same bytes. For tests and tools. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { byteLengthOf, DTYPES, type WeightDType } from './dtypes.ts'
import { WeightsError } from './errors.ts'

/** A tensor to be written, its elements little-endian. */
export type TensorBytes = {
  readonly dtype: WeightDType
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/**
 * The bytes of a file: tensors by falling element size, then by name, so that each is aligned to its elements.
 * @param path only for error messages
 * @throws WRONG_SHAPE when bytes do not fill the shape; BAD_HEADER for a tensor called `__metadata__`
 */
export function encodeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorBytes>>,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  const header: [string, unknown][] = []
  const pairs = Object.entries(metadata).sort(byName)
  if (pairs.length > 0) header.push(['__metadata__', Object.fromEntries(pairs)])
  const entries = Object.entries(tensors).sort(byName).sort(bySize)
  let offset = 0
  for (const [name, { dtype, shape, bytes }] of entries) {
    if (name === '__metadata__')
      throw new WeightsError('BAD_HEADER', 'no tensor may have this name', { path, key: name })
    if (byteLengthOf(dtype, shape) !== bytes.length) {
      const what = `${bytes.length} bytes do not fill ${dtype} [${shape.join(', ')}]`
      throw new WeightsError('WRONG_SHAPE', what, { path, key: name })
    }
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.length] }])
    offset += bytes.length
  }
  return [encodeHeader(header), ...entries.map(([, { bytes }]) => bytes)]
}

/**
 * Writes a file under a temporary name beside it and renames it when complete: no half file under `path`.
 * @throws as {@link encodeSafetensors}, and errors of the file system
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorBytes>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const chunks = encodeSafetensors(path, tensors, metadata)
  const partial = `${path}.partial`
  try {
    await writeFile(partial, chunks)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}

type Named<T> = readonly [name: string, value: T]

function byName([left]: Named<unknown>, [right]: Named<unknown>): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function bySize([, left]: Named<TensorBytes>, [, right]: Named<TensorBytes>): number {
  return DTYPES[right.dtype].bits - DTYPES[left.dtype].bits
}

/** Length, JSON, and spaces up to a multiple of eight. JSON.stringify of an object would sort names that are numbers. */
function encodeHeader(entries: readonly Named<unknown>[]): Uint8Array {
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const json = new TextEncoder().encode(`{${members.join(',')}}`)
  const padded = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + padded).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.set(json, 8)
  return bytes
}
