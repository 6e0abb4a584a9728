/** The models that turn pieces of text into tokens: the library's BPE and Unigram, with the results of Rust's `tokenizers`. */
import { BPE, Unigram } from '@huggingface/tokenizers'
import {
  asList,
  checkId,
  child,
  flagOf,
  type JsonNode,
  listOf,
  nodeOf,
  textOf,
  TokenizerError,
  unknownType,
} from './json-node.ts'

/** The ids of one piece of text. */
export type EncodePiece = (text: string) => readonly number[]

/** A model, and the id of each token it can give. */
export type TokenModel = { readonly encode: EncodePiece; readonly vocabulary: ReadonlyMap<string, number> }

/** Builds the model of a node. @throws TokenizerError for a type that is not supported, or a vocabulary that is none. */
export function createTokenModel(node: JsonNode): TokenModel {
  // Files from before the type was written down have merges (BPE) or a list of scored pieces (Unigram).
  const type = node.values['type'] ?? (node.values['merges'] === undefined ? 'Unigram' : 'BPE')
  if (type === 'BPE') return toModel(createBpe(node))
  if (type === 'Unigram') return toModel(createUnigram(node))
  throw unknownType(node)
}

function toModel(model: BPE | Unigram): TokenModel {
  const ids = model.tokens_to_ids
  return {
    vocabulary: ids,
    encode(text) {
      return model._call([text]).flatMap((token) => ids.get(token) ?? model.unk_token_id ?? [])
    },
  }
}

function createBpe(node: JsonNode): BPE {
  const vocab = child(node, 'vocab') ?? nodeOf(undefined, `${node.at}.vocab`)
  return new BPE({
    type: 'BPE',
    vocab: Object.fromEntries(
      Object.entries(vocab.values).map(([token, id]) => [token, checkId(id, `${vocab.at}[${token}]`)]),
    ),
    merges: listOf(node, 'merges').map((merge, index) => mergeOf(merge, `${node.at}.merges[${index}]`)),
    unk_token: textOrNull(node, 'unk_token'),
    end_of_word_suffix: textOrNull(node, 'end_of_word_suffix'),
    fuse_unk: flagOf(node, 'fuse_unk', false),
    byte_fallback: flagOf(node, 'byte_fallback', false),
    ignore_merges: flagOf(node, 'ignore_merges', false),
  })
}

function mergeOf(merge: unknown, at: string): [string, string] {
  const [left, right, ...rest] = typeof merge === 'string' ? merge.split(' ') : asList(merge, at)
  if (typeof left !== 'string' || typeof right !== 'string' || rest.length > 0)
    throw new TokenizerError(at, 'two tokens are needed')
  return [left, right]
}

function textOrNull(node: JsonNode, name: string): string | null {
  return node.values[name] === undefined || node.values[name] === null ? null : textOf(node, name)
}

function createUnigram(node: JsonNode): Unigram {
  const vocab = listOf(node, 'vocab').map((entry, index): [string, number] => {
    const at = `${node.at}.vocab[${index}]`
    const [piece, score] = asList(entry, at)
    if (typeof piece !== 'string' || typeof score !== 'number')
      throw new TokenizerError(at, 'a piece and its score are needed')
    return [piece, score]
  })
  const unknownId = checkId(node.values['unk_id'], `${node.at}.unk_id`)
  const model = new Unigram({ type: 'Unigram', vocab, unk_id: unknownId }, '')
  // The library gives the unknown token's own text the score of an unknown character. Rust's keeps the listed score:
  // a `<UNK>` that lower-casing makes a `<unk>` becomes that token.
  model.scores[unknownId] = vocab[unknownId]?.[1] ?? model.unk_score
  return model
}
