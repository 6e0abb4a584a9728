/** Converts a constant to what a setting holds, as ComfyUI does before it checks ranges (SPEC V-6). */
import { isJsonArray, JsonFloat } from '@dicache/protocol'
import type { JsonValue, ParamConstant, ParamManifest } from '@dicache/protocol'

/** The converted constant, or why it cannot be converted. */
export type Coerced =
  | { readonly ok: true; readonly value: ParamConstant }
  | { readonly ok: false; readonly reason: string }

/**
 * Converts a constant: INT cuts fractions off (5.7 → 5) and reads `"8"`; FLOAT reads numbers in texts; STRING writes
 * numbers as Python would (5.0 → "5.0"); BOOLEAN is Python's truth, in which the text "false" is true.
 */
export function coerceValue(kind: ParamManifest['kind'], value: JsonValue): Coerced {
  switch (kind) {
    case 'int':
      return toInteger(value, (whole) => Number(whole))
    case 'seed':
      return toInteger(value, (whole) => whole)
    case 'float':
      return toFloat(value)
    case 'text':
      return toText(value)
    case 'boolean':
      return { ok: true, value: isTrue(value) }
    case 'choice':
      return typeof value === 'string'
        ? { ok: true, value }
        : refuse('a choice is one of its options, as a text')
  }
}

const refuse = (reason: string): Coerced => ({ ok: false, reason })

function toInteger(value: JsonValue, finish: (whole: bigint) => ParamConstant): Coerced {
  if (typeof value === 'bigint') return { ok: true, value: finish(value) }
  if (typeof value === 'boolean') return { ok: true, value: finish(value ? 1n : 0n) }
  if (typeof value === 'string') {
    const digits = value.trim()
    return WHOLE.test(digits)
      ? { ok: true, value: finish(BigInt(digits.replace('+', ''))) }
      : refuse('the text is not a whole number')
  }
  const number = value instanceof JsonFloat ? value.value : value
  if (typeof number !== 'number') return refuse('it is not a number')
  return Number.isFinite(number)
    ? { ok: true, value: finish(BigInt(Math.trunc(number))) }
    : refuse('it is not finite')
}

const WHOLE = /^[+-]?\d{1,400}$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function toFloat(value: JsonValue): Coerced {
  const number =
    value instanceof JsonFloat
      ? value.value
      : typeof value === 'string'
        ? DECIMAL.test(value.trim())
          ? Number(value)
          : undefined
        : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
          ? Number(value)
          : undefined
  if (number === undefined) return refuse('it is not a number')
  return Number.isFinite(number) ? { ok: true, value: number } : refuse('it is not finite')
}

function toText(value: JsonValue): Coerced {
  if (typeof value === 'string') return { ok: true, value }
  if (typeof value === 'boolean') return { ok: true, value: value ? 'True' : 'False' }
  if (typeof value === 'bigint') return { ok: true, value: String(value) }
  if (value instanceof JsonFloat) return { ok: true, value: pythonFloat(value.value) }
  if (typeof value === 'number') {
    return { ok: true, value: Number.isInteger(value) ? String(value) : pythonFloat(value) }
  }
  return refuse('it is not a text')
}

/** A float as Python prints it: always with a point or an exponent, exponents with a sign and two digits. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (value !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`
  }
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

function isTrue(value: JsonValue): boolean {
  if (value instanceof JsonFloat) return value.value !== 0
  if (isJsonArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}
