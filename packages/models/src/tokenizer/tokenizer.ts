/**
 * Texts to token ids, as the tokenizer.json beside a model says, with the results of Rust's `tokenizers`. The models and patterns are
 * the library's; the way of a text through them is ours, because the library's lower-cases whole strings, finds special tokens again after
 * normalisation, and sees a text as one word where it should cut at spaces.
 */
import { createTokenCutters } from './added-tokens.ts'
import { child, nodeOf } from './json-node.ts'
import { createTokenModel } from './model.ts'
import { createNormalize } from './normalize.ts'
import { createPostProcess } from './post-process.ts'
import { createPreTokenize } from './pre-tokenize.ts'

/** A tokenizer. It keeps no state between texts. */
export type Tokenizer = {
  /** Ids with the tokens that the file puts around a text; neither padded nor cut. */
  readonly encode: (text: string) => readonly number[]
  /** Ids of the text alone. */
  readonly encodeBare: (text: string) => readonly number[]
}

/**
 * Builds the tokenizer that a parsed tokenizer.json describes. Its `truncation` and `padding` are not applied: pipelines have rules of
 * their own (`fitT5`, `fitClip`).
 * @throws TokenizerError BAD_TOKENIZER when a part is missing, damaged or of a type that text encoders of pictures do not use.
 */
export function loadTokenizer(json: unknown): Tokenizer {
  const root = nodeOf(json, 'the whole')
  const normalize = createNormalize(child(root, 'normalizer'))
  const preTokenize = createPreTokenize(child(root, 'pre_tokenizer'))
  const postProcess = createPostProcess(child(root, 'post_processor'))
  const model = createTokenModel(nodeOf(root.values['model'], 'model'))
  const cutters = createTokenCutters(root, normalize)

  function encodeBare(text: string): readonly number[] {
    return cutters.raw(text.toWellFormed()).flatMap((section) => {
      if (section.id !== undefined) return [section.id]
      return cutters.normalized(normalize(section.text)).flatMap((part) => {
        if (part.id !== undefined) return [part.id]
        if (part.text === '') return []
        const first = section.start === 0 && part.start === 0
        return preTokenize({ text: part.text, first }).flatMap((piece) => model.encode(piece.text))
      })
    })
  }

  return { encode: (text) => postProcess(encodeBare(text)), encodeBare }
}
