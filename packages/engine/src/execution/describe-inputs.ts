/** What went into a node, for the message about its failure: short, and free of the values' weight. */
import type { JsonObject, JsonValue } from '@dicache/protocol'
import type { InputLists } from './gather-inputs.ts'

const MAX_ITEMS = 20

/** Lists by input: scalars as they are, everything else in a few words. */
export function describeInputs(lists: InputLists): JsonObject {
  return Object.fromEntries(
    [...lists].map(([name, list]): [string, JsonValue] => [name, list.slice(0, MAX_ITEMS).map(describe)]),
  )
}

function describe(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'object':
      return value === null ? null : describeObject(value)
    default:
      return typeof value
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `list of ${value.length}`
  if ('dtype' in value && 'shape' in value && Array.isArray(value.shape)) {
    return `${String(value.dtype)} [${value.shape.join(', ')}]`
  }
  if ('samples' in value && typeof value.samples === 'object' && value.samples !== null) {
    return `latent ${describeObject(value.samples)}`
  }
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== 'Object' ? name : 'object'
}
