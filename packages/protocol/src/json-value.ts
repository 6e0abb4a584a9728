/** JSON as this project holds it: like JavaScript's, but whole numbers keep 64 bits and numbers keep their form. */

/**
 * A number whose written form says more than its value: `5.0`, `1e3`, `-0`, `0.10`.
 * The parser makes one only where a plain `number` or `bigint` would print differently.
 */
export class JsonFloat {
  /** The token as it was written, for example `5.0`. */
  readonly source: string
  /** The same as a JavaScript number; may be ±Infinity for tokens beyond the range of doubles. */
  readonly value: number

  constructor(source: string) {
    this.source = source
    this.value = Number(source)
  }

  /** For a plain JSON.stringify, which loses the form; `stringifyJson` keeps it. */
  toJSON(): number {
    return this.value
  }
}

/** A whole number as the parser would give it: a `number` where that is exact. */
export function jsonInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** A scalar. Whole numbers beyond ±2^53 are `bigint`. */
export type JsonScalar = null | boolean | string | number | bigint | JsonFloat

/** Any JSON value. */
export type JsonValue = JsonScalar | readonly JsonValue[] | JsonObject

/** A JSON object. Keys come from files: never index a plain object with them where a Map will do. */
export type JsonObject = { readonly [key: string]: JsonValue }

/** Whether a JSON value is an object (no array, no null, no wrapped number). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonFloat)
}

/** An object's own property; what its prototype has (`constructor`, `__proto__`) is not seen. */
export function ownProperty(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Whether a JSON value is a list. Unlike `Array.isArray` it keeps the type of the items. */
export function isJsonArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value)
}
