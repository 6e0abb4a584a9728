/** Pre-tokenizers of a tokenizer.json as functions, with the results of Rust's `tokenizers`. */
import { ByteLevelPreTokenizer, SplitPreTokenizer } from '@huggingface/tokenizers'
import {
  children,
  flagOf,
  type JsonNode,
  patternOf,
  textOf,
  TokenizerError,
  unknownType,
} from './json-node.ts'

/** A piece of normalised text; `first`: it stands at the start of what was typed. */
export type Piece = { readonly text: string; readonly first: boolean }

/** Cuts a piece into the pieces that the model sees one by one. */
export type PreTokenize = (piece: Piece) => readonly Piece[]

/** Builds the pre-tokenizer of a node; none leaves the piece whole. @throws TokenizerError for a type that is not supported. */
export function createPreTokenize(node: JsonNode | undefined): PreTokenize {
  if (node === undefined) return (piece) => [piece]
  switch (node.values['type']) {
    case 'Sequence': {
      const steps = children(node, 'pretokenizers').map(createPreTokenize)
      return (piece) => steps.reduce<readonly Piece[]>((pieces, step) => pieces.flatMap(step), [piece])
    }
    case 'Metaspace':
      return createMetaspace(node)
    case 'ByteLevel':
      return createByteLevel(node)
    case 'Split':
      return createSplit(node)
    case 'WhitespaceSplit':
      return (piece) => cut(piece, matchesOf(piece.text, /\P{White_Space}+/gu))
    default:
      throw unknownType(node)
  }
}

/** Spaces to `▁`, one before the text, and a cut before each. */
function createMetaspace(node: JsonNode): PreTokenize {
  const mark = textOf(node, 'replacement', '▁')
  const scheme = textOf(node, 'prepend_scheme', 'always')
  const split = flagOf(node, 'split', true)
  return function metaspace(piece) {
    const marked = piece.text.replaceAll(' ', mark)
    const wanted = scheme === 'always' || (scheme === 'first' && piece.first)
    const text = wanted && !marked.startsWith(mark) ? mark + marked : marked
    return split ? cut(piece, splitBefore(text, mark)) : [{ ...piece, text }]
  }
}

function splitBefore(text: string, mark: string): readonly Part[] {
  const [head = '', ...rest] = text.split(mark)
  return partsInOrder([head, ...rest.map((word) => mark + word)])
}

/** GPT-2's word pattern, with Unicode's white space: JavaScript's `\s` knows U+FEFF instead of U+0085. */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

/** Each byte of UTF-8 as one letter. */
function createByteLevel(node: JsonNode): PreTokenize {
  const byteLevel = new ByteLevelPreTokenizer({
    type: 'ByteLevel',
    add_prefix_space: flagOf(node, 'add_prefix_space', true),
    use_regex: flagOf(node, 'use_regex', true),
  })
  byteLevel.pattern = WORDS
  return (piece) => cut(piece, partsInOrder(byteLevel.pre_tokenize_text(piece.text)))
}

/** What a split does with the text that its pattern matches. */
const BEHAVIORS = ['Removed', 'Isolated'] as const

function createSplit(node: JsonNode): PreTokenize {
  const behavior = BEHAVIORS.find((name) => name === textOf(node, 'behavior'))
  if (behavior === undefined)
    throw new TokenizerError(`${node.at}.behavior`, `one of ${BEHAVIORS.join(', ')} is needed`)
  const invert = flagOf(node, 'invert', false)
  // Only the pattern is the library's: it translates Oniguruma's syntax.
  const { pattern } = new SplitPreTokenizer({
    type: 'Split',
    pattern: patternOf(node),
    behavior,
    invert: true,
  })
  if (pattern === null) throw new TokenizerError(`${node.at}.pattern`, 'a pattern is needed')
  return function splitByPattern(piece) {
    const matches = matchesOf(piece.text, pattern)
    const between = betweenMatches(piece.text, matches)
    // Inverted, the text between the matches is what is removed.
    if (behavior === 'Removed') return cut(piece, invert ? matches : between)
    return cut(
      piece,
      [...matches, ...between].toSorted((a, b) => a.start - b.start),
    )
  }
}

/** A part of a piece and its place in it. */
type Part = { readonly text: string; readonly start: number }

function matchesOf(text: string, pattern: RegExp): readonly Part[] {
  return Array.from(text.matchAll(pattern), (match) => ({ text: match[0], start: match.index }))
}

function betweenMatches(text: string, matches: readonly Part[]): readonly Part[] {
  const starts = [0, ...matches.map((match) => match.start + match.text.length)]
  return starts.map((start, index) => ({ text: text.slice(start, matches[index]?.start), start }))
}

/** Texts that follow each other without a gap. */
function partsInOrder(texts: readonly string[]): readonly Part[] {
  let end = 0
  return texts.map((text) => {
    const start = end
    end += text.length
    return { text, start }
  })
}

/** Parts of a piece in order, empty ones left out. */
function cut(piece: Piece, parts: readonly Part[]): readonly Piece[] {
  const filled = parts.filter(({ text }) => text !== '')
  return filled.map(({ text, start }) => ({ text, first: piece.first && start === 0 }))
}
