/**
 * JSON text in and out without losing what JavaScript's own numbers lose.
 *
 * Seeds go up to 2^64 − 1, and ComfyUI tells `5` from `5.0`. Files saved by ComfyUI also hold the bare words
 * `NaN` and `Infinity`, which are read as null. Nesting is limited, because walking it needs the stack.
 */
import { HostError } from './host-error.ts'
import { JsonFloat } from './json-value.ts'
import type { JsonValue } from './json-value.ts'

/** How to read JSON. */
export type ParseJsonOptions = {
  /** Keep `5.0` apart from `5`, as a `JsonFloat`. @defaultValue false */
  readonly keepFloats?: boolean
  /** Deepest nesting allowed. @defaultValue 500 */
  readonly maxDepth?: number
}

/** Node 24 and today's browsers have both; TypeScript's library does not name them yet. */
type ExactJson = {
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown
  readonly rawJSON: (text: string) => unknown
}
const exactJson = JSON as unknown as ExactJson

/**
 * Reads JSON text. Whole numbers beyond ±2^53 become `bigint`.
 * @throws NOT_JSON, with the place; TOO_DEEP when it nests deeper than `maxDepth`.
 */
export function parseJson(text: string, options: ParseJsonOptions = {}): JsonValue {
  const { keepFloats = false, maxDepth = 500 } = options
  const { depth, bareWords } = scanJson(text)
  if (depth > maxDepth) {
    throw new HostError('TOO_DEEP', `The JSON nests ${depth} levels deep; at most ${maxDepth} are read.`)
  }
  const readable = bareWords
    ? text.replace(BARE_WORD, (match) => (match.startsWith('"') ? match : 'null'))
    : text
  try {
    return exactJson.parse(readable, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? exactNumber(value, source, keepFloats) : value,
    ) as JsonValue
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HostError('NOT_JSON', `This is not JSON: ${reason}${placeOf(readable, reason)}`, { cause })
  }
}

/** Writes JSON text; `bigint` and `JsonFloat` are written exactly. `indent` is the number of spaces per level. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  // `this[key]` is the item before its toJSON, which would lose the form of a JsonFloat.
  function exactItem(this: Readonly<Record<string, unknown>>, key: string, item: unknown): unknown {
    if (typeof item === 'bigint') return exactJson.rawJSON(String(item))
    const own = this[key]
    return own instanceof JsonFloat ? exactJson.rawJSON(own.source) : item
  }
  return JSON.stringify(value, exactItem, indent)
}

/** Strings are matched too, so that words inside them are left alone. */
const BARE_WORD = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

function exactNumber(value: number, source: string, keepFloats: boolean): number | bigint | JsonFloat {
  const whole = /^-?\d+$/.test(source)
  if (whole && source !== '-0') return Number.isSafeInteger(value) ? value : BigInt(source)
  return keepFloats && String(value) !== source && (Number.isInteger(value) || !Number.isFinite(value))
    ? new JsonFloat(source)
    : value
}

function scanJson(text: string): { readonly depth: number; readonly bareWords: boolean } {
  let depth = 0
  let deepest = 0
  let bareWords = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        deepest = Math.max(deepest, ++depth)
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth--
        break
      case 0x4e: // N
      case 0x49: // I
        bareWords = true
        break
    }
  }
  return { depth: deepest, bareWords }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c) at++ // backslash: the next character is escaped
  }
  return text.length
}

function placeOf(text: string, reason: string): string {
  const position = /position (\d+)/.exec(reason)?.[1]
  if (position === undefined || reason.includes('line ')) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`
}
