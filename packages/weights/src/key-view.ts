/** A weight file seen through a key layout: prefixes stripped, wanted keys and shapes checked. */
import type { TensorEntry, WeightFile } from './weight-file.ts'
import { quoteNames, WeightsError } from './errors.ts'

/**
 * A part of a weight file under shorter names. Entries keep their full name. A {@link WeightFile} serves wherever
 * only a view is wanted; closing it closes its views.
 */
export type KeyView = Pick<
  WeightFile,
  'path' | 'folder' | 'tensors' | 'readBytes' | 'readFloat32' | 'readTensor'
>

/** What {@link prefixed} found. */
export type PrefixedView = KeyView & {
  /** The prefix that was stripped; empty when no key has any of the given ones. */
  readonly prefix: string
}

/**
 * The tensors under the first of the given prefixes that any key has, without it; all tensors when none has.
 * @example prefixed(file, 'model.diffusion_model.').tensors.get('img_in.weight')
 */
export function prefixed(file: KeyView, ...prefixes: readonly string[]): PrefixedView {
  const keys = [...file.tensors.keys()]
  const prefix = prefixes.find((candidate) => keys.some((key) => key.startsWith(candidate))) ?? ''
  const tensors = new Map<string, TensorEntry>()
  for (const [key, entry] of file.tensors) {
    if (key.startsWith(prefix)) tensors.set(key.slice(prefix.length), entry)
  }
  return {
    path: file.path,
    folder: file.folder,
    prefix,
    tensors,
    readBytes: (name, signal) => file.readBytes(prefix + name, signal),
    readFloat32: (name, signal) => file.readFloat32(prefix + name, signal),
    readTensor: (name, signal) => file.readTensor(prefix + name, signal),
  }
}

/** Those of the wanted keys that a view does not have, in the order given. */
export function keysMissing(view: Pick<KeyView, 'tensors'>, wanted: Iterable<string>): string[] {
  return Array.from(wanted).filter((key) => !view.tensors.has(key))
}

/** @throws MISSING_KEYS that names every wanted key the view does not have (all of them in `keys`). */
export function requireKeys(view: Pick<KeyView, 'path' | 'tensors'>, wanted: Iterable<string>): void {
  const keys = keysMissing(view, wanted)
  if (keys.length === 0) return
  const what = `${keys.length} tensors are missing: ${quoteNames(keys)}. It is incomplete or another kind of model`
  throw new WeightsError('MISSING_KEYS', what, { path: view.path, keys })
}

/**
 * The entry of a key, which must have the given shape.
 * @throws MISSING_KEYS or WRONG_SHAPE
 */
export function expectShape(
  view: Pick<KeyView, 'path' | 'tensors'>,
  key: string,
  shape: readonly number[],
): TensorEntry {
  const entry = view.tensors.get(key)
  if (entry === undefined) {
    throw new WeightsError('MISSING_KEYS', 'there is no such tensor', { path: view.path, key, keys: [key] })
  }
  if (entry.shape.length !== shape.length || entry.shape.some((extent, axis) => extent !== shape[axis])) {
    const what = `its shape is [${entry.shape.join(', ')}]; [${shape.join(', ')}] is needed`
    throw new WeightsError('WRONG_SHAPE', what, { path: view.path, key: entry.name })
  }
  return entry
}
