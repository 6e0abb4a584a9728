/**
 * A strict JSON reader for headers written by strangers. It builds nothing but what its caller asks for, refuses
 * duplicate keys (JSON.parse keeps the last silently), reads only whole numbers that JavaScript holds exactly, and
 * bounds nesting and the number of keys. Problems are SyntaxErrors that name the position.
 */

/** Reads one value after another; every method consumes exactly one value and the space around it. */
export type JsonReader = {
  /** Calls `onMember` for each key; it must consume the value. */
  readonly object: (onMember: (key: string) => void) => void
  /** Calls `onItem` before each item; it must consume the item. */
  readonly array: (onItem: (index: number) => void) => void
  readonly string: () => string
  /** A number of digits alone, 0 … 2^53 − 1. */
  readonly wholeNumber: () => number
  /** Any value, checked and thrown away. */
  readonly skip: () => void
  /** Nothing may follow but space. */
  readonly end: () => void
}

const MAX_DEPTH = 8
const MAX_MEMBERS = 500_000
const MAX_NUMBER_CHARACTERS = 400
const ZERO = 48

export function createJsonReader(text: string): JsonReader {
  let at = 0
  let depth = 0

  function fail(what: string): never {
    throw new SyntaxError(`${what} at character ${at}`)
  }

  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      at += 1
    }
  }

  function takeIf(mark: string): boolean {
    if (text[at] !== mark) return false
    at += 1
    skipSpace()
    return true
  }

  function take(mark: string, what: string): void {
    if (!takeIf(mark)) fail(`expected ${what}`)
  }

  /** Items between two marks, with commas; shared by objects and arrays. */
  function list(close: string, onItem: (index: number) => void): void {
    depth += 1
    if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH}`)
    if (!takeIf(close)) {
      let index = 0
      do {
        onItem(index)
        index += 1
      } while (takeIf(','))
      take(close, `"," or "${close}"`)
    }
    depth -= 1
  }

  function object(onMember: (key: string) => void): void {
    take('{', 'an object')
    const seen = new Set<string>()
    list('}', () => {
      const key = string()
      if (seen.has(key)) fail(`the key ${JSON.stringify(key.slice(0, 200))} appears twice, the second time`)
      seen.add(key)
      if (seen.size > MAX_MEMBERS) fail(`more than ${MAX_MEMBERS} members in one object`)
      take(':', '":"')
      onMember(key)
    })
  }

  function array(onItem: (index: number) => void): void {
    take('[', 'an array')
    list(']', onItem)
  }

  function string(): string {
    if (text[at] !== '"') fail('expected a string')
    const end = closingQuote(text, at + 1)
    if (end < 0) fail('a string does not end; it begins')
    const raw = text.slice(at + 1, end)
    const value = raw.includes('\\') ? unescape(raw) : raw
    if (value === undefined || CONTROL_CHARACTER.test(raw))
      fail('a string with a bad escape or control character')
    if (!value.isWellFormed()) fail('a string with half a surrogate pair')
    at = end + 1
    skipSpace()
    return value
  }

  function wholeNumber(): number {
    const start = at
    let value = 0
    for (;;) {
      const digit = text.charCodeAt(at) - ZERO
      if (!(digit >= 0 && digit <= 9)) break
      value = value * 10 + digit
      if (value > Number.MAX_SAFE_INTEGER) fail('a number beyond 2^53')
      at += 1
    }
    if (at === start) fail('expected a whole number')
    if (at - start > 1 && text.charCodeAt(start) === ZERO) fail('a number with a leading zero')
    skipSpace()
    return value
  }

  function skip(): void {
    const mark = text[at]
    if (mark === '{') return object(skip)
    if (mark === '[') return array(skip)
    if (mark === '"') return void string()
    const literal = LITERALS.find((word) => text.startsWith(word, at)) ?? numberAt(text, at)
    if (literal === undefined) fail('expected a value')
    at += literal.length
    skipSpace()
  }

  function end(): void {
    if (at < text.length) fail('expected nothing more')
  }

  skipSpace()
  return { object, array, string, wholeNumber, skip, end }
}

const LITERALS: readonly string[] = ['true', 'false', 'null']
/** Anything below the space. */
const CONTROL_CHARACTER = /[^ -\uffff]/

/** Index of the quote that ends a string whose content begins at `from`, or −1. */
function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let first = quote
    while (first > from && text[first - 1] === '\\') first -= 1
    if ((quote - first) % 2 === 0) return quote
  }
  return -1
}

function unescape(raw: string): string | undefined {
  try {
    const value: unknown = JSON.parse(`"${raw}"`)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The text of the JSON number at an index, or undefined. */
function numberAt(text: string, at: number): string | undefined {
  const token = /^[-+.0-9eE]+/.exec(text.slice(at, at + MAX_NUMBER_CHARACTERS))?.[0]
  if (token === undefined) return undefined
  try {
    JSON.parse(token)
    return token
  } catch {
    return undefined
  }
}
