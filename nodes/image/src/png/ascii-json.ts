/** JSON as Python's `json.dumps` writes it: ", " and ": " between, everything beyond ASCII escaped. Text chunks are Latin-1. */
import type { JsonValue } from '@dicache/sdk'

/** Numbers keep the form they were read in (5.0 stays 5.0, 64-bit seeds stay whole). */
export function asciiJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? String(value)
      : Number.isNaN(value)
        ? 'NaN'
        : value > 0
          ? 'Infinity'
          : '-Infinity'
  if (typeof value === 'bigint') return value.toString()
  if (isList(value)) return `[${value.map(asciiJson).join(', ')}]`
  if ('source' in value && typeof value.source === 'string' && !isPlain(value)) return value.source
  const items: readonly (readonly [string, JsonValue | undefined])[] = Object.entries(value)
  const entries = items.flatMap(([key, entry]) =>
    entry === undefined ? [] : [`${quoted(key)}: ${asciiJson(entry)}`],
  )
  return `{${entries.join(', ')}}`
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
