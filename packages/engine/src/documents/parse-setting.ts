/** Reads the text of a setting, as it is typed in a terminal. Stricter than a document: nothing is cut or guessed. */
import { jsonInteger } from '@dicache/protocol'
import type { JsonValue, ParamManifest } from '@dicache/protocol'

/** The value, or what was expected instead. */
export type ParsedSetting =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly expected: string }

const WHOLE = /^[+-]?\d{1,40}$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const TRUE = new Set(['true', 'yes', 'on', '1'])
const FALSE = new Set(['false', 'no', 'off', '0'])

/** Reads a setting of a kind. Ranges and options are checked when the graph is. */
export function parseSetting(param: ParamManifest, text: string): ParsedSetting {
  const word = text.trim()
  switch (param.kind) {
    case 'int':
    case 'seed': {
      if (!WHOLE.test(word)) return { ok: false, expected: 'a whole number' }
      return { ok: true, value: jsonInteger(BigInt(word.replace('+', ''))) }
    }
    case 'float':
      return DECIMAL.test(word) && Number.isFinite(Number(word))
        ? { ok: true, value: Number(word) }
        : { ok: false, expected: 'a number' }
    case 'boolean': {
      const lower = word.toLowerCase()
      if (TRUE.has(lower)) return { ok: true, value: true }
      return FALSE.has(lower) ? { ok: true, value: false } : { ok: false, expected: 'true or false' }
    }
    case 'text':
    case 'choice':
      return { ok: true, value: text }
  }
}
