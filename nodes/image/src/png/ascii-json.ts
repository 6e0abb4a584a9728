/**
 * JSON as Python's `json.dumps` writes it: ", " and ": " between, everything beyond printable ASCII escaped.
 * PNG text is Latin-1, and files with workflows are compared byte by byte.
 */
import type { JsonValue } from '@dicache/sdk'

/** Whole numbers stay whole (64-bit seeds too), 5.0 stays 5.0, and floats look as Python prints them. */
export function asciiJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : pythonFloat(value)
  if (typeof value === 'bigint') return String(value)
  if (isList(value)) return `[${value.map(asciiJson).join(', ')}]`
  if (isToken(value)) return tokenText(value.source)
  const items: readonly (readonly [string, JsonValue | undefined])[] = Object.entries(value)
  const entries = items.flatMap(([key, entry]) =>
    entry === undefined ? [] : [`${quoted(key)}: ${asciiJson(entry)}`],
  )
  return `{${entries.join(', ')}}`
}

/** A number that remembers how it was written, such as `5.0`: the only JSON value that is an object of a class. */
type Token = Exclude<JsonValue, null | boolean | string | number | bigint | readonly JsonValue[] | Plain>
type Plain = { readonly [key: string]: JsonValue }

function isToken(value: Token | Plain): value is Token {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null && typeof value['source'] === 'string'
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** Python reads a token without point and exponent as a whole number, every other one as a float. */
function tokenText(source: string): string {
  return /^-?\d+$/.test(source) ? String(BigInt(source)) : pythonFloat(Number(source))
}

/** A float as Python prints it: with a point or an exponent, and exponents of at least two digits from 1e16 and below 1e-4. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`
  }
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
