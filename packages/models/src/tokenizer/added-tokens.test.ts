import { expect, it } from 'vitest'
import { createTokenCutters, type CutTokens } from './added-tokens.ts'
import { nodeOf } from './json-node.ts'

function cutter(...tokens: readonly object[]): CutTokens {
  const added = tokens.map((token, id) => ({ id, normalized: false, ...token }))
  return createTokenCutters(nodeOf({ added_tokens: added }, 'test'), (text) => text).raw
}

function cuts(cut: CutTokens, text: string): readonly (string | readonly [string, number])[] {
  return cut(text).map((section) => (section.id === undefined ? section.text : [section.text, section.id]))
}

it('takes the longest token that begins at a place', () => {
  expect(cuts(cutter({ content: '<a' }, { content: '<a>' }), 'x<a><a!')).toEqual([
    'x',
    ['<a>', 1],
    ['<a', 0],
    '!',
  ])
})

it('takes white space along where a token asks for it', () => {
  expect(cuts(cutter({ content: '<m>', lstrip: true, rstrip: true }), 'a  <m> \u0085b')).toEqual([
    'a',
    ['  <m> \u0085', 0],
    'b',
  ])
})

it('leaves a whole-word token inside a word alone', () => {
  const cut = cutter({ content: 'fox', single_word: true })
  expect(cuts(cut, 'fox foxes fo\u0301fox fox\u0301')).toEqual([['fox', 0], ' foxes fo\u0301fox fox\u0301'])
})

it('finds a normalised token in normalised text', () => {
  const added_tokens = [{ id: 5, content: 'FOX', normalized: true }]
  const { raw, normalized } = createTokenCutters(nodeOf({ added_tokens }, 'test'), (text) =>
    text.toLowerCase(),
  )
  expect(cuts(raw, 'FOX')).toEqual(['FOX'])
  expect(cuts(normalized, 'a fox')).toEqual(['a ', ['fox', 5]])
})

it('gives nothing for nothing but the text itself', () => {
  expect(cuts(cutter(), 'a')).toEqual(['a'])
  expect(cuts(cutter({ content: '<a>' }), '')).toEqual([])
})
