/** Values as Python writes them: the texts of ComfyUI's messages. */
import { JsonFloat, type JsonValue, stringifyJson } from '@dicache/protocol'

/** A float as Python's `str` gives it: `1.0`, not `1`. */
export function pythonFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${value}.0`
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** What `str(value)` gives. */
export function pythonStr(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** What `repr(value)` gives: strings in single quotes, `None`, `True`. */
export function pythonRepr(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value instanceof JsonFloat) return Number.isFinite(value.value) ? pythonFloat(value.value) : 'inf'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : pythonFloat(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return quoted(value)
  return stringifyJson(value)
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
}
