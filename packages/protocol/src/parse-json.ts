/**
 * JSON text in, without losing what JavaScript's own numbers and objects lose.
 *
 * Seeds go up to 2^64 − 1, and ComfyUI tells `5` from `5.0`. Files saved by ComfyUI also hold the bare words
 * `NaN` and `Infinity`, which are read as null. Nesting is limited, because walking it needs the stack. Keys keep the
 * order in which they were written (`stringifyJson` writes it).
 */
import { HostError } from './host-error.ts'
import { JsonFloat } from './json-value.ts'
import type { JsonValue } from './json-value.ts'
import { endOfString, rememberKeyOrder } from './key-order.ts'

/** How to read JSON. */
export type ParseJsonOptions = {
  /** Keep the form of numbers that JavaScript would write in another one, such as `5.0`, `0.10`, `1e-05`. @defaultValue false */
  readonly keepFloats?: boolean
  /** Deepest nesting allowed. @defaultValue 500 */
  readonly maxDepth?: number
}

/** Node 24 and today's browsers have it; TypeScript's library does not name it yet. */
type ExactJson = {
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown
}
const exactJson = JSON as unknown as ExactJson

/**
 * Reads JSON text. Whole numbers beyond ±2^53 become `bigint`.
 * @throws NOT_JSON, with the place; TOO_DEEP when it nests deeper than `maxDepth`.
 */
export function parseJson(text: string, options: ParseJsonOptions = {}): JsonValue {
  const { keepFloats = false, maxDepth = 500 } = options
  const { depth, words } = scanJson(text)
  if (depth > maxDepth) {
    throw new HostError('TOO_DEEP', `The JSON nests ${depth} levels deep; at most ${maxDepth} are read.`)
  }
  const readable = words.length > 0 ? withNulls(text, words) : text
  try {
    const value = exactJson.parse(readable, (_key, item, { source }) =>
      typeof item === 'number' && source !== undefined ? exactNumber(item, source, keepFloats) : item,
    ) as JsonValue
    rememberKeyOrder(readable, value)
    return value
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HostError('NOT_JSON', `This is not JSON: ${reason}${placeOf(readable, reason)}`, { cause })
  }
}

/** Making a bigint takes more than linear time, and no seed has more digits than this. */
const MAX_DIGITS = 1000

function exactNumber(value: number, source: string, keepFloats: boolean): number | bigint | JsonFloat {
  const whole = /^-?\d+$/.test(source)
  if (whole && source !== '-0' && source.length <= MAX_DIGITS)
    return Number.isSafeInteger(value) ? value : BigInt(source)
  return keepFloats && String(value) !== source ? new JsonFloat(source) : value
}

/** How deep a text nests, and where bare words stand in it: `[start, end]`. */
function scanJson(text: string): { readonly depth: number; readonly words: readonly Span[] } {
  let depth = 0
  let deepest = 0
  const words: Span[] = []
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
      case 0x49: {
        const word = WORDS.find((candidate) => text.startsWith(candidate, at))
        if (word === undefined) break
        words.push([text[at - 1] === '-' ? at - 1 : at, at + word.length])
        at += word.length - 1
        break
      }
    }
  }
  return { depth: deepest, words }
}

type Span = readonly [start: number, end: number]
const WORDS = ['NaN', 'Infinity'] as const

function withNulls(text: string, words: readonly Span[]): string {
  let last = 0
  const parts = words.map(([start, end]) => {
    const before = text.slice(last, start)
    last = end
    return before
  })
  return [...parts, text.slice(last)].join('null')
}

function placeOf(text: string, reason: string): string {
  const position = /position (\d+)/.exec(reason)?.[1]
  if (position === undefined || reason.includes('line ')) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`
}
