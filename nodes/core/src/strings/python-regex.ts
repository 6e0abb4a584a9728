/** Patterns as Python's `re` writes them, as JavaScript's; and replacements likewise. */

/** What may be escaped in JavaScript's patterns; Python lets all punctuation be. */
const SYNTAX = '^$\\.*+?()[]{}|/'

/** Pieces of a pattern: an escape, a named group or its mention, a repeat in braces, any character. */
const PIECES = /\\(?:[\s\S]|$)|\(\?P<|\(\?P=\w+\)|\{\d*,?\d*\}|[\s\S]/gu

/** A pattern with Python's spellings turned into JavaScript's (for the flag `u`). */
export function toJavaScriptPattern(pattern: string): string {
  let inClass = false
  let isFirst = false
  let result = ''
  for (const [piece] of pattern.matchAll(PIECES)) {
    if (inClass) {
      // A closing bracket right behind the opening one is a character in Python.
      const closes = piece === ']' && !isFirst
      result += closes ? piece : inClassPiece(piece)
      isFirst = isFirst && piece === '^'
      inClass = !closes
    } else {
      result += piece === '[' ? piece : plainPiece(piece)
      inClass = piece === '['
      isFirst = inClass
    }
  }
  return result
}

function plainPiece(piece: string): string {
  if (piece === '(?P<') return '(?<'
  if (piece.startsWith('(?P=')) return `\\k<${piece.slice(4, -1)}>`
  if (piece === '\\A') return '(?<![\\s\\S])'
  if (piece === '\\Z') return '(?![\\s\\S])'
  // Brackets and braces that open nothing are characters in Python.
  if (piece === ']' || piece === '{' || piece === '}' || piece === '{}' || piece === '{,}')
    return escaped(piece)
  if (/^\{,\d+\}$/.test(piece)) return `{0${piece.slice(1)}`
  return unescaped(piece)
}

function inClassPiece(piece: string): string {
  if (piece === '\\-') return piece
  return piece.length === 1 && piece !== '^' && piece !== '-' && piece !== '\\' && SYNTAX.includes(piece)
    ? escaped(piece)
    : piece.length > 2
      ? escaped(piece)
      : unescaped(piece)
}

function escaped(piece: string): string {
  return piece.replace(/[{}()[\]?|/.*+$]/g, '\\$&')
}

/** Escapes that JavaScript does not know, such as `\!`, without their backslash. */
function unescaped(piece: string): string {
  const [slash, letter = ''] = piece
  return slash === '\\' && /[^\w\s]/.test(letter) && !SYNTAX.includes(letter) ? letter : piece
}

/** What a match has: its groups by number, 0 the whole, and by name. */
export type Groups = {
  readonly numbered: readonly (string | null)[]
  readonly named: Readonly<Record<string, string | null>>
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\u0007',
  b: '\b',
  '\\': '\\',
}

/**
 * Fills a replacement: `\1`, `\g<1>`, `\g<name>`, `\n`; groups that took no part are empty.
 * @throws RangeError for a group that is none.
 */
export function fillReplacement(template: string, { numbered, named }: Groups): string {
  return template.replace(
    /\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g,
    (whole, name: string | undefined, digits: string | undefined, letter: string | undefined) => {
      if (letter !== undefined) return ESCAPES[letter] ?? whole
      const key = name ?? digits ?? ''
      const value = /^\d+$/.test(key)
        ? numbered[Number(key)]
        : Object.hasOwn(named, key)
          ? named[key]
          : undefined
      if (value === undefined) throw new RangeError(`the pattern has no group "${key}"`)
      return value ?? ''
    },
  )
}
