/**
 * Values of links as JSON beside buffers, for results that outlive the process: scalars, lists, plain objects, typed
 * arrays (so tensors, images, latents, conditionings), blockers. Anything else, such as an opened model, has no form.
 */
import { JsonFloat } from '@dicache/protocol'
import { Blocker } from '@dicache/sdk'

/** A value's written form. Objects are tagged, so that nothing of a value is taken for a tag. */
export type WrittenValue =
  | null
  | boolean
  | number
  | string
  | readonly WrittenValue[]
  | { readonly object: readonly (readonly [string, WrittenValue])[] }
  /** `kind`: the class of the typed array. */
  | { readonly buffer: number; readonly kind: string }
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly float: string }
  | { readonly blocker: string | null }
  | { readonly undefined: true }

const CLASSES = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
]
type View = InstanceType<(typeof CLASSES)[number]>

const BY_NAME = new Map(CLASSES.map((Class) => [Class.name, Class]))
const NAME_OF = new Map<unknown, string>(CLASSES.map((Class) => [Class.prototype, Class.name]))
/** Values nest little; deeper ones may lead back to themselves. */
const MAX_DEPTH = 64

/** Thrown inside, for a value that has no written form. */
class Unwritable extends Error {}

/** Writes a value; undefined when some part of it has no written form. `buffers` gets the bytes, each once. */
export function writeValue(value: unknown, buffers: Uint8Array[]): WrittenValue | undefined {
  const known = new Map<ArrayBufferLike, { readonly view: View; readonly index: number }[]>()
  const writeBuffer = (view: View, kind: string): WrittenValue => {
    const views = known.get(view.buffer) ?? []
    known.set(view.buffer, views)
    const same = views.find(
      ({ view: { byteOffset, byteLength } }) =>
        byteOffset === view.byteOffset && byteLength === view.byteLength,
    )
    if (same !== undefined) return { buffer: same.index, kind }
    const index = buffers.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) - 1
    views.push({ view, index })
    return { buffer: index, kind }
  }
  const write = (item: unknown, depth: number): WrittenValue => {
    switch (typeof item) {
      case 'string':
      case 'boolean':
        return item
      case 'number':
        return Number.isFinite(item) && !Object.is(item, -0) ? item : { number: numberText(item) }
      case 'bigint':
        return { bigint: String(item) }
      case 'undefined':
        return { undefined: true }
      case 'object':
        break
      default:
        throw new Unwritable()
    }
    if (item === null) return null
    if (depth >= MAX_DEPTH) throw new Unwritable()
    if (Array.isArray(item)) return Array.from(item, (entry: unknown) => write(entry, depth + 1))
    const prototype: unknown = Object.getPrototypeOf(item)
    const kind = NAME_OF.get(prototype)
    if (kind !== undefined) return writeBuffer(item as View, kind)
    if (item instanceof JsonFloat) return { float: item.source }
    if (item instanceof Blocker) return { blocker: item.message ?? null }
    if (prototype !== Object.prototype && prototype !== null) throw new Unwritable()
    return { object: Object.entries(item).map(([name, entry]) => [name, write(entry, depth + 1)] as const) }
  }
  try {
    return write(value, 0)
  } catch (fault) {
    if (fault instanceof Unwritable) return undefined
    throw fault
  }
}

/** Reads a value back. `buffers` are of memory of their own, in the order in which they were written. */
export function readValue(written: WrittenValue, buffers: readonly ArrayBuffer[]): unknown {
  if (typeof written !== 'object' || written === null) return written
  if (isList(written)) return written.map((entry) => readValue(entry, buffers))
  if ('object' in written)
    return Object.fromEntries(written.object.map(([name, entry]) => [name, readValue(entry, buffers)]))
  if ('buffer' in written) {
    const bytes = buffers[written.buffer]
    const Class = BY_NAME.get(written.kind)
    if (bytes === undefined || Class === undefined) throw new TypeError('no such buffer')
    return new Class(bytes)
  }
  if ('number' in written) return Number(written.number)
  if ('bigint' in written) return BigInt(written.bigint)
  if ('float' in written) return new JsonFloat(written.float)
  if ('blocker' in written) return new Blocker(written.blocker ?? undefined)
  return undefined
}

function isList(written: WrittenValue): written is readonly WrittenValue[] {
  return Array.isArray(written)
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
