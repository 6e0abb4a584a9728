/** Post-processors of a tokenizer.json: the tokens put around a text. */
import {
  checkId,
  child,
  children,
  type JsonNode,
  listOf,
  nodeOf,
  textOf,
  TokenizerError,
  unknownType,
} from './json-node.ts'

/** Ids of a text in, ids with start and end tokens out. */
export type PostProcess = (ids: readonly number[]) => readonly number[]

/** Builds the post-processor of a node; none adds nothing. @throws TokenizerError for a type that is not supported. */
export function createPostProcess(node: JsonNode | undefined): PostProcess {
  if (node === undefined) return (ids) => ids
  switch (node.values['type']) {
    case 'Sequence': {
      const steps = children(node, 'processors').map(createPostProcess)
      return (ids) => steps.reduce((result, step) => step(result), ids)
    }
    case 'ByteLevel':
      return (ids) => ids // moves offsets only
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const idIn = (name: string): number => checkId(listOf(node, name).at(1), `${node.at}.${name}`)
      const [start, end] = [idIn('cls'), idIn('sep')]
      return (ids) => [start, ...ids, end]
    }
    case 'TemplateProcessing':
      return createTemplate(node)
    default:
      throw unknownType(node)
  }
}

function createTemplate(node: JsonNode): PostProcess {
  const special = child(node, 'special_tokens')
  const parts = children(node, 'single').map((part) => {
    if (part.values['Sequence'] !== undefined) return undefined
    const name = textOf(nodeOf(part.values['SpecialToken'], part.at), 'id')
    const token = special === undefined ? undefined : child(special, name)
    if (token === undefined)
      throw new TokenizerError(part.at, `${JSON.stringify(name)} is not among the special tokens`)
    return listOf(token, 'ids').map((id) => checkId(id, `${token.at}.ids`))
  })
  return (ids) => parts.flatMap((part) => part ?? ids)
}
