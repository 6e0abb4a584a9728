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
      return (piece) => cut(piece, piece.text.match(/\P{White_Space}+/gu) ?? [])
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

function splitBefore(text: string, mark: string): readonly string[] {
  const [head = '', ...rest] = text.split(mark)
  return [head, ...rest.map((part) => mark + part)]
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
  return (piece) => cut(piece, byteLevel.pre_tokenize_text(piece.text))
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
    const parts = partsOf(piece.text, pattern)
    // Inverted, the text between the matches is what the behaviour is about.
    const kept = behavior === 'Isolated' ? parts : parts.filter(({ matched }) => matched === invert)
    return cut(
      piece,
      kept.map(({ text }) => text),
    )
  }
}

function partsOf(
  text: string,
  pattern: RegExp,
): readonly { readonly text: string; readonly matched: boolean }[] {
  const parts: { text: string; matched: boolean }[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    parts.push({ text: text.slice(end, match.index), matched: false }, { text: match[0], matched: true })
    end = match.index + match[0].length
  }
  return [...parts, { text: text.slice(end), matched: false }]
}

/** Parts of a piece in order, empty ones left out. */
function cut(piece: Piece, texts: readonly string[]): readonly Piece[] {
  return texts
    .filter((text) => text !== '')
    .map((text, index) => ({ text, first: piece.first && index === 0 }))
}
