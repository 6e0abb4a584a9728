import { expect, it } from 'vitest'
import { nodeOf } from './json-node.ts'
import { createNormalize } from './normalize.ts'

function normalize(node: object, text: string): string {
  return createNormalize(nodeOf(node, 'normalizer'))(text)
}

it('lower-cases code point by code point', () => {
  expect(normalize({ type: 'Lowercase' }, 'ΟΔΟΣ Σ')).toBe('οδοσ σ')
  expect(normalize({ type: 'Lowercase' }, 'İ')).toBe('i\u0307')
})

it("strips Unicode's white space, which is not JavaScript's", () => {
  const node = { type: 'Strip', strip_left: false, strip_right: true }
  expect(normalize(node, ' a \u0085')).toBe(' a')
  expect(normalize(node, 'a\ufeff')).toBe('a\ufeff')
})

it('replaces what a pattern matches', () => {
  const normalizers = [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '▁' }]
  expect(normalize({ type: 'Sequence', normalizers }, 'ﬁ  x y')).toBe('fi▁x y')
})

/**
 * SentencePiece's compiled form of nine rules: ﬁ → fi, no-break and ideographic space and CR → space, A and Ａ → a, e + U+0301 → é,
 * カ + U+3099 → ガ, 👨 → (m), soft hyphen → nothing. Made by sentencepiece 0.2; the results below are those of tokenizers 0.23.
 */
const CHARSMAP =
  'AAQAAAAwAAANDQAAAQAAgAcAAIDMAAIAgQ0AAAwAAICgFQAAAAAAgIAUAgCtCQAAgrQCAIA5AACrgAMA4wwCAIIcAgAPAACAmQUAAIEFAAAJAACAoV0AAJ9IAgCRpAIAqD0AAAMAAIAYAAAAGwAAABoAAAAdAAAAHAAAAB8AAAAeAAAAIQAAACAAAACsxAIAIgAAACUAAAAkAAAAJwAAACYAAAApAAAAKAAAACsAAAAqAAAALQAAACwAAAAvAAAALgAAADEAAAAwAAAAvBwCADIAAAA1AAAANAAAADcAAAA2AAAAOQAAADgAAAA7AAAAOgAAAD0AAAA8AAAAPwAAAD4AAABBAAAAQAAAAEMAAABCAAAARQAAAEQAAABHAAAARgAAAEkAAABIAAAASwAAAEoAAABNAAAAQTkBAE8AAABOAAAAUQAAAFAAAABTAAAAUgAAAFUAAABUAAAAVwAAAFYAAABZAAAAWAAAAFsAAABaAAAAXQAAAFwAAABfAAAAXgAAAGEAAABgAAAAYwAAAGIAAABlAAAAZAAAAGcAAABmAAAAaQAAAGWEAgBrAAAAagAAAG0AAABsAAAAbwAAAG4AAABxAAAAcAAAAHMAAAByAAAAdQAAAHQAAAB3AAAAdgAAAHkAAAB4AAAAewAAAHoAAAB9AAAAfAAAAH8AAAB+AAAAgQAAAIAAAACDAAAAggAAAIUAAACEAAAAhwAAAIYAAACJAAAAiAAAAIsAAACKAAAAjQAAAIwAAACPAAAAjgAAAJEAAACQAAAAkwAAAJIAAACVAAAAlAAAAJcAAACWAAAAmQAAAJgAAACbAAAAmgAAAJ0AAACcAAAAnwAAAJ4AAAChAAAAoAAAAKMAAACiAAAApQAAAKQAAACnAAAApgAAAKkAAACoAAAAqwAAAKoAAACtAAAArAAAAK8AAACuAAAAsQAAALAAAACzAAAAsgAAALUAAAC0AAAAtwAAALYAAAC5AAAAuAAAALsAAAC6AAAAvQAAALwAAAC/AAAAvgAAAMEAAADAAAAAwwAAAMIAAADFAAAAxAAAAMcAAADGAAAAyQAAAMgAAADLAAAAygAAAM0AAADMAAAAwqQBAM4AAADRAAAA0AAAANMAAADSAAAA1QAAANQAAADXAAAA1gAAANkAAADYAAAA2wAAANoAAADdAAAA3AAAAN8AAADeAAAA4QAAAOAAAADjAAAA77QBAOUAAADkAAAA5wAAAOYAAADpAAAA6AAAAOsAAADqAAAA7QAAAOwAAADvAAAA45gBAPEAAADwAAAA8wAAAPIAAAD1AAAA9AAAAPcAAAD2AAAA+QAAAPgAAAD7AAAA+gAAAPDYAQD8AAAA/wAAAP4AAAAAIAAobSkAYQBmaQDDqQDjgqwA'

it.each([
  ['\ufb01ne\u00a0ABBA', 'fine aBBa'],
  ['cafe\u0301 E\u0301', 'caf\u00e9 E\u0301'],
  ['\u30ab\u3099\u30ad\u3099', '\u30ab\u3099\u30ad\u3099'], // six bytes are looked up one by one
  ['a\r\nb\rc', 'a b c'], // CR LF is one grapheme
  [
    '\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67 \ud83d\udc68!',
    '(m)\u200d\ud83d\udc69\u200d\ud83d\udc67 (m)!',
  ],
  ['co\u00adop', 'coop'],
  ['\uff21\u3000\uff22', 'a \uff22'],
  ['e\u0301\u0302x', '\u00e9x'], // the shortest key of a grapheme stands for all of it
  ['', ''],
])('a precompiled map turns %j into %j', (text, expected) => {
  expect(normalize({ type: 'Precompiled', precompiled_charsmap: CHARSMAP }, text)).toBe(expected)
})

it('refuses a damaged map', () => {
  expect(() =>
    normalize({ type: 'Precompiled', precompiled_charsmap: btoa('\u0008\0\0\0abcd') }, ''),
  ).toThrow(/is damaged/)
  expect(() => normalize({ type: 'Precompiled', precompiled_charsmap: '' }, '')).toThrow(/is damaged/)
})
