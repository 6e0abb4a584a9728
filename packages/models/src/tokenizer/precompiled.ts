/**
 * SentencePiece's precompiled character map: a double-array trie (Darts) over UTF-8 keys, and the texts that replace them. The base64
 * data is: bytes of the trie (u32), the trie's units (u32 each), the texts, each ended by a zero byte. All little-endian.
 */
import { TokenizerError } from './json-node.ts'

/** Longest grapheme, in bytes of UTF-8, that is looked up as a whole: `tokenizers` has this limit, SentencePiece has none. */
const WHOLE_GRAPHEME_BYTES = 5

/** Normalises as Rust's `tokenizers` does: whole graphemes where short enough, else character by character. */
export function createPrecompiled(charsmap: string, at: string): (text: string) => string {
  const { trie, texts } = parse(charsmap, at)
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

  function replacement(key: Uint8Array): string | undefined {
    const start = shortestMatch(trie, key)
    if (start === undefined) return undefined
    const end = texts.indexOf(0, start)
    return decoder.decode(texts.subarray(start, end < 0 ? texts.length : end))
  }

  return function normalizePrecompiled(text) {
    let result = ''
    for (const { segment } of graphemes.segment(text)) {
      const bytes = encoder.encode(segment)
      const whole = bytes.length <= WHOLE_GRAPHEME_BYTES ? replacement(bytes) : undefined
      result +=
        whole ??
        Array.from(segment, (character) => replacement(encoder.encode(character)) ?? character).join('')
    }
    return result
  }
}

function parse(charsmap: string, at: string): { readonly trie: Uint32Array; readonly texts: Uint8Array } {
  const bytes = Uint8Array.from(atob(charsmap), (character) => character.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const trieBytes = bytes.length < 4 ? Number.NaN : view.getUint32(0, true)
  if (!(trieBytes % 4 === 0 && 4 + trieBytes <= bytes.length))
    throw new TokenizerError(at, 'the character map is damaged')
  const trie = Uint32Array.from({ length: trieBytes / 4 }, (_, index) => view.getUint32(4 + 4 * index, true))
  return { trie, texts: bytes.subarray(4 + trieBytes) }
}

/** The value of the shortest key that `key` begins with: `tokenizers` takes the first match. */
function shortestMatch(trie: Uint32Array, key: Uint8Array): number | undefined {
  let place = offsetOf(trie[0] ?? 0)
  for (const byte of key) {
    if (byte === 0) return undefined
    place ^= byte
    const unit = trie[place] ?? 0
    if ((unit & 0x800000ff) >>> 0 !== byte) return undefined
    place ^= offsetOf(unit)
    if (((unit >>> 8) & 1) === 1) return (trie[place] ?? 0) & 0x7fffffff
  }
  return undefined
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0
}
