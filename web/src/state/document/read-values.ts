/** Takes typed values out of JSON that anyone may have written; what is of another form is as if it were not there. */
import { isJsonArray, isJsonObject, JsonFloat, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue } from '@dicache/protocol'
import type { Point } from './document.ts'

/** Names longer than this are cut: nobody reads them, and a canvas measures every letter. */
const MAX_TEXT = 20_000
/** Coordinates beyond this are a damaged file; drawing there loses precision. */
const FAR = 1e7

export function objectAt(value: JsonValue | undefined, key: string): JsonObject {
  const inner = isJsonObject(value) ? ownProperty(value, key) : undefined
  return isJsonObject(inner) ? inner : {}
}

export function listAt(value: JsonValue | undefined, key: string): readonly JsonValue[] {
  const inner = isJsonObject(value) ? ownProperty(value, key) : undefined
  return isJsonArray(inner) ? inner : []
}

export function textAt(value: JsonValue | undefined, key: string): string | undefined {
  const inner = isJsonObject(value) ? ownProperty(value, key) : undefined
  return typeof inner === 'string' ? inner.slice(0, MAX_TEXT) : undefined
}

export function numberOf(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return value instanceof JsonFloat && Number.isFinite(value.value) ? value.value : undefined
}

/** A pair of numbers: a list, or an object with the keys 0 and 1. */
export function pointOf(value: JsonValue | undefined, fallback: Point): Point {
  const [x, y] = isJsonArray(value)
    ? value
    : isJsonObject(value)
      ? [ownProperty(value, '0'), ownProperty(value, '1')]
      : []
  return [near(numberOf(x) ?? fallback[0]), near(numberOf(y) ?? fallback[1])]
}

function near(value: number): number {
  return Math.min(FAR, Math.max(-FAR, value))
}

/** An id: text or a whole number. */
export function idOf(value: JsonValue | undefined): number | string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** A place in a list. */
export function slotOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 10_000
    ? value
    : undefined
}

/** An object without some keys. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}
