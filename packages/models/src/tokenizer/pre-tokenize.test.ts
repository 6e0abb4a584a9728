import { expect, it } from 'vitest'
import { nodeOf } from './json-node.ts'
import { createPreTokenize } from './pre-tokenize.ts'

function pieces(node: object, text: string, first = true): readonly string[] {
  return createPreTokenize(nodeOf(node, 'pre_tokenizer'))({ text, first }).map((piece) => piece.text)
}

it('marks words by the space before them', () => {
  expect(pieces({ type: 'Metaspace' }, 'a  b')).toEqual(['▁a', '▁', '▁b'])
  expect(pieces({ type: 'Metaspace', split: false }, 'a b')).toEqual(['▁a▁b'])
  expect(pieces({ type: 'Metaspace', prepend_scheme: 'never' }, 'a b')).toEqual(['a', '▁b'])
  expect(pieces({ type: 'Metaspace', prepend_scheme: 'first' }, 'a', false)).toEqual(['a'])
  expect(pieces({ type: 'Metaspace', prepend_scheme: 'first' }, 'a', true)).toEqual(['▁a'])
})

it('cuts words and bytes as GPT-2 did, with U+FEFF a symbol and U+0085 a space', () => {
  const node = { type: 'ByteLevel', add_prefix_space: false, use_regex: true }
  expect(pieces(node, "it's 42é!\ufeff!")).toEqual(['it', "'s", 'Ġ42', 'Ã©', '!ï»¿!'])
  expect(pieces(node, 'a\u0085b')).toEqual(['a', 'Âħ', 'b'])
  expect(pieces({ ...node, use_regex: false, add_prefix_space: true }, 'a b')).toEqual(['ĠaĠb'])
})

it.each([
  ['Removed', false, ['x', 'y']],
  ['Removed', true, ['12', '3']],
  ['Isolated', false, ['x', '12', 'y', '3']],
  ['Isolated', true, ['x', '12', 'y', '3']],
])('splits by a pattern: %s, inverted %s', (behavior, invert, expected) => {
  expect(pieces({ type: 'Split', pattern: { Regex: '\\d+' }, behavior, invert }, 'x12y3')).toEqual(expected)
})

it('runs steps in turn', () => {
  const node = {
    type: 'Sequence',
    pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', prepend_scheme: 'first' }],
  }
  expect(pieces(node, 'a b')).toEqual(['▁a', 'b'])
  expect(pieces(node, ' a b')).toEqual(['a', 'b']) // what stood first is gone
})

it('refuses what it does not know', () => {
  expect(() => pieces({ type: 'UnicodeScripts' }, '')).toThrow(/"UnicodeScripts" is not supported/)
  expect(() => pieces({ type: 'Split', pattern: { Regex: 'a' }, behavior: 'Contiguous' }, '')).toThrow(
    /Removed, Isolated/,
  )
})

it('knows which piece stands first, whatever was cut before it', () => {
  const flags = (node: object, text: string): readonly boolean[] =>
    createPreTokenize(nodeOf(node, 'pre_tokenizer'))({ text, first: true }).map((piece) => piece.first)
  expect(flags({ type: 'Metaspace' }, 'a b')).toEqual([true, false])
  expect(flags({ type: 'ByteLevel', add_prefix_space: false }, 'a b')).toEqual([true, false])
  expect(flags({ type: 'WhitespaceSplit' }, ' a b')).toEqual([false, false])
})
