/** `%NodeTitle.param%` in a file name's prefix: the value of another node's setting. */
import type { HiddenValues, JsonObject, JsonValue } from '@dicache/sdk'

/** Characters that a file name cannot hold on every system. */
// oxlint-disable-next-line no-control-regex
const UNFIT = /[/?<>\\:*|"\u0000-\u001f\u007f]/g

/** What a prefix may name: the graph that runs, and the document it came from. */
export type PrefixSource = Pick<HiddenValues, 'prompt' | 'document'>

/**
 * The value of a node's setting as text for a file name, or undefined where there is none.
 * As in ComfyUI's editor a node answers to its "Node name for S&R" (its type, where the document names none), else to
 * its title; the first one in the graph wins. A linked setting has no value here.
 */
export function settingText(name: string, param: string, source: PrefixSource): string | undefined {
  const nodes = Object.entries(source.prompt).flatMap(([id, node]) => (isObject(node) ? [{ id, node }] : []))
  const searchNames = searchNamesOf(source.document)
  const found =
    nodes.find(({ id, node }) => (searchNames.get(id) ?? node['class_type']) === name) ??
    nodes.find(({ node }) => isObject(node['_meta']) && node['_meta']['title'] === name)
  const inputs = found?.node['inputs']
  if (!isObject(inputs) || !Object.hasOwn(inputs, param)) return undefined
  return scalarText(inputs[param])?.replaceAll(UNFIT, '_')
}

/** The property that ComfyUI calls "Node name for S&R", by node id; empty for documents of the API format. */
function searchNamesOf(document: JsonValue | undefined): ReadonlyMap<string, string> {
  const nodes = isObject(document) ? document['nodes'] : undefined
  const names = new Map<string, string>()
  for (const node of isList(nodes) ? nodes : []) {
    const id = isObject(node) ? scalarText(node['id']) : undefined
    const properties = isObject(node) ? node['properties'] : undefined
    const name = isObject(properties) ? properties['Node name for S&R'] : undefined
    if (id !== undefined && typeof name === 'string' && name !== '') names.set(id, name)
  }
  return names
}

/** Numbers as JavaScript writes them: the `1.0` of the API format is `1` in an editor. */
function scalarText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || isList(value)) return undefined
  if (value === null) return ''
  if (typeof value !== 'object') return String(value)
  return typeof value['value'] === 'number' && !isObject(value) ? String(value['value']) : undefined
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
