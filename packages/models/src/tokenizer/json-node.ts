/** Reads parts of a parsed tokenizer.json, naming the place of what does not fit. */

/** A tokenizer.json that cannot be used. */
export class TokenizerError extends Error {
  override readonly name: string = 'TokenizerError'
  readonly code = 'BAD_TOKENIZER'

  constructor(at: string, message: string) {
    super(`tokenizer.json, ${at}: ${message}`)
  }
}

/** A JSON object and where it stands in the file. */
export type JsonNode = { readonly at: string; readonly values: Readonly<Record<string, unknown>> }

/** @throws TokenizerError when the value is no object. */
export function nodeOf(value: unknown, at: string): JsonNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TokenizerError(at, 'an object is needed')
  return { at, values: { ...value } }
}

/** The object under `name`, or undefined when it is null or left out. */
export function child(node: JsonNode, name: string): JsonNode | undefined {
  const value = node.values[name]
  return value === undefined || value === null ? undefined : nodeOf(value, `${node.at}.${name}`)
}

/** The objects of the list under `name`; none when it is left out. */
export function children(node: JsonNode, name: string): readonly JsonNode[] {
  return listOf(node, name).map((value, index) => nodeOf(value, `${node.at}.${name}[${index}]`))
}

/** The list under `name`; empty when it is null or left out. */
export function listOf(node: JsonNode, name: string): readonly unknown[] {
  return asList(node.values[name] ?? [], `${node.at}.${name}`)
}

/** @throws TokenizerError when the value is no list. */
export function asList(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TokenizerError(at, 'a list is needed')
  return value
}

/** The text under `name`, or `fallback`. @throws TokenizerError when there is neither. */
export function textOf(node: JsonNode, name: string, fallback?: string): string {
  const value = node.values[name] ?? fallback
  if (typeof value !== 'string') throw new TokenizerError(`${node.at}.${name}`, 'a text is needed')
  return value
}

/** The whole number under `name`. */
export function idOf(node: JsonNode, name: string): number {
  return checkId(node.values[name], `${node.at}.${name}`)
}

/** A token id. @throws TokenizerError when the value is none. */
export function checkId(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new TokenizerError(at, 'a token id is needed')
  return value
}

/** The switch under `name`, or `fallback`. */
export function flagOf(node: JsonNode, name: string, fallback: boolean): boolean {
  const value = node.values[name] ?? fallback
  if (typeof value !== 'boolean') throw new TokenizerError(`${node.at}.${name}`, 'true or false is needed')
  return value
}

/** A pattern as tokenizers write it: a literal text or a regular expression. */
export function patternOf(node: JsonNode): { readonly String: string } | { readonly Regex: string } {
  const pattern = child(node, 'pattern') ?? node
  return pattern.values['String'] === undefined
    ? { Regex: textOf(pattern, 'Regex') }
    : { String: textOf(pattern, 'String') }
}

/** The error for a part that is not known here. */
export function unknownType(node: JsonNode): TokenizerError {
  return new TokenizerError(node.at, `the type ${JSON.stringify(node.values['type'])} is not supported`)
}
