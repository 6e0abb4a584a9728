/**
 * Types of the parts of @huggingface/tokenizers that are used here. Its own declarations import without file extensions, which Node's
 * module resolution does not follow, so that everything but `Tokenizer` is missing from them.
 */
declare module '@huggingface/tokenizers' {
  /** A literal text, or a regular expression in Oniguruma's syntax. */
  export type Pattern = { readonly String: string } | { readonly Regex: string }

  abstract class Model {
    readonly tokens_to_ids: ReadonlyMap<string, number>
    readonly unk_token_id?: number
    /** Tokens of each text, in order. */
    _call(texts: readonly string[]): string[]
  }

  export class BPE extends Model {
    constructor(config: {
      readonly type: 'BPE'
      readonly vocab: Readonly<Record<string, number>>
      readonly merges: readonly (readonly [string, string])[]
      readonly unk_token: string | null
      readonly end_of_word_suffix: string | null
      readonly fuse_unk: boolean
      readonly byte_fallback: boolean
      readonly ignore_merges: boolean
    })
  }

  export class Unigram extends Model {
    /** Log-probability of each piece; the constructor overwrites the unknown token's. */
    readonly scores: number[]
    readonly unk_score: number
    constructor(
      config: {
        readonly type: 'Unigram'
        readonly vocab: readonly (readonly [string, number])[]
        readonly unk_id: number
      },
      endToken: string,
    )
  }

  export class ReplaceNormalizer {
    constructor(config: { readonly type: 'Replace'; readonly pattern: Pattern; readonly content: string })
    normalize(text: string): string
  }

  export class ByteLevelPreTokenizer {
    pattern: RegExp
    constructor(config: {
      readonly type: 'ByteLevel'
      readonly add_prefix_space: boolean
      readonly use_regex: boolean
    })
    pre_tokenize_text(text: string): string[]
  }

  export class SplitPreTokenizer {
    readonly pattern: RegExp | null
    constructor(config: {
      readonly type: 'Split'
      readonly pattern: Pattern
      readonly behavior: 'Removed' | 'Isolated'
      readonly invert: boolean
    })
  }
}
