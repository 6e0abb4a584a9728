/** Tokens that are found in the text itself, before the model sees it: `</s>`, `<|endoftext|>` and their like. */
import { children, flagOf, idOf, type JsonNode, textOf } from './json-node.ts'
import type { Normalize } from './normalize.ts'

/** A stretch of text: one that a token was found in, or one between. `start` is its place in the text that was cut. */
export type Section = { readonly text: string; readonly id: number | undefined; readonly start: number }

/** Cuts a text at its added tokens. The longest token wins where several begin at one place. */
export type CutTokens = (text: string) => readonly Section[]

type AddedToken = {
  readonly id: number
  readonly content: string
  readonly singleWord: boolean
  readonly stripLeft: boolean
  readonly stripRight: boolean
}

/**
 * Two cutters: `raw` for the text as typed, `normalized` for the stretches that remain, after normalisation. A token belongs to one of
 * them, by its `normalized` switch.
 */
export function createTokenCutters(
  root: JsonNode,
  normalize: Normalize,
): { readonly raw: CutTokens; readonly normalized: CutTokens } {
  const raw: AddedToken[] = []
  const normalized: AddedToken[] = []
  for (const node of children(root, 'added_tokens')) {
    const token = {
      id: idOf(node, 'id'),
      content: textOf(node, 'content'),
      singleWord: flagOf(node, 'single_word', false),
      stripLeft: flagOf(node, 'lstrip', false),
      stripRight: flagOf(node, 'rstrip', false),
    }
    if (flagOf(node, 'normalized', !flagOf(node, 'special', false)))
      normalized.push({ ...token, content: normalize(token.content) })
    else raw.push(token)
  }
  return { raw: createCutter(raw), normalized: createCutter(normalized) }
}

/** Unicode's word characters, of which JavaScript's `\w` has only the ASCII ones. */
const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]'
const WORD_END = new RegExp(`${WORD}$`, 'u')
const WORD_START = new RegExp(`^${WORD}`, 'u')

function createCutter(tokens: readonly AddedToken[]): CutTokens {
  const byContent = new Map(
    tokens.filter(({ content }) => content !== '').map((token) => [token.content, token]),
  )
  const contents = [...byContent.keys()].toSorted((a, b) => b.length - a.length)
  if (contents.length === 0) return (text) => [{ text, id: undefined, start: 0 }]
  const pattern = new RegExp(
    contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    'g',
  )

  return function cutTokens(text) {
    const sections: Section[] = []
    let end = 0
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0])
      const before = text.slice(0, match.index)
      const after = text.slice(match.index + match[0].length)
      if (token === undefined || (token.singleWord && (WORD_END.test(before) || WORD_START.test(after))))
        continue
      const stripped = token.stripLeft ? before.replace(/\p{White_Space}+$/u, '').length : match.index
      const from = Math.max(stripped, end)
      const trailing = token.stripRight ? (/^\p{White_Space}+/u.exec(after)?.[0].length ?? 0) : 0
      if (end < from) sections.push({ text: text.slice(end, from), id: undefined, start: end })
      end = match.index + match[0].length + trailing
      sections.push({ text: text.slice(from, end), id: token.id, start: from })
    }
    return end < text.length ? [...sections, { text: text.slice(end), id: undefined, start: end }] : sections
  }
}
