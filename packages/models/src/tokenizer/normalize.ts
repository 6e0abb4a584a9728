/** Normalisers of a tokenizer.json as functions, with the results of Rust's `tokenizers`. */
import { ReplaceNormalizer } from '@huggingface/tokenizers'
import { children, flagOf, type JsonNode, patternOf, textOf, unknownType } from './json-node.ts'
import { createPrecompiled } from './precompiled.ts'

/** Text in, text out. */
export type Normalize = (text: string) => string

/** Builds the normaliser of a node; none leaves the text as it is. @throws TokenizerError for a type that is not supported. */
export function createNormalize(node: JsonNode | undefined): Normalize {
  if (node === undefined) return (text) => text
  const type = node.values['type']
  switch (type) {
    case 'Sequence': {
      const steps = children(node, 'normalizers').map(createNormalize)
      return (text) => steps.reduce((result, step) => step(result), text)
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return (text) => text.normalize(type)
    case 'Lowercase':
      return lowercase
    case 'Replace': {
      const replace = new ReplaceNormalizer({
        type,
        pattern: patternOf(node),
        content: textOf(node, 'content'),
      })
      return (text) => replace.normalize(text)
    }
    case 'Strip':
      return createStrip(flagOf(node, 'strip_left', true), flagOf(node, 'strip_right', true))
    case 'Prepend': {
      const prefix = textOf(node, 'prepend')
      return (text) => (text === '' ? text : prefix + text)
    }
    case 'Precompiled':
      return createPrecompiled(textOf(node, 'precompiled_charsmap'), node.at)
    default:
      throw unknownType(node)
  }
}

/** Code point by code point: the whole-string form turns a capital sigma at a word's end into ς, which Rust's does not. */
function lowercase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('')
}

/** Unicode's white space: `trim` knows U+FEFF instead of U+0085. */
function createStrip(left: boolean, right: boolean): Normalize {
  return function strip(text) {
    const fromLeft = left ? text.replace(/^\p{White_Space}+/u, '') : text
    return right ? fromLeft.replace(/\p{White_Space}+$/u, '') : fromLeft
  }
}
