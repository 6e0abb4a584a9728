/**
 * Follows the links of a UI document to what really feeds an input: through reroutes and bypassed nodes, past muted
 * ones, and into primitives, which are constants (SPEC D-5 … D-8).
 */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonValue, UiDocument, UiNode } from '@dicache/protocol'

/** A link of a document, version 0.4 or 1. */
export type UiLink = {
  readonly id: string
  readonly from: string
  readonly fromSlot: number
  readonly to: string
  readonly toSlot: number
}

/** What feeds an input in the end. */
export type Source =
  | { readonly kind: 'node'; readonly node: UiNode; readonly slot: number }
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'loop' }

export const MUTED = 2
export const BYPASSED = 4
/** Nodes that exist only in the editor. */
export const NOTES: ReadonlySet<string> = new Set(['Note', 'MarkdownNote'])
export const REROUTE = 'Reroute'
export const PRIMITIVE = 'PrimitiveNode'

/** The document's links by id, and the places of those that cannot be read. */
export function readLinks(document: UiDocument): {
  readonly links: ReadonlyMap<string, UiLink>
  readonly malformed: readonly number[]
} {
  const links = new Map<string, UiLink>()
  const malformed: number[] = []
  for (const [index, entry] of (document.links ?? []).entries()) {
    if (entry === null) continue
    const link = readLink(entry)
    if (link === undefined) malformed.push(index)
    else links.set(link.id, link)
  }
  return { links, malformed }
}

function readLink(entry: JsonValue): UiLink | undefined {
  const fields = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot']
  const parts = isJsonObject(entry) ? fields.map((field) => ownProperty(entry, field)) : entry
  if (!isJsonArray(parts)) return undefined
  const [id, from, fromSlot, to, toSlot] = parts
  if (!isId(id) || !isId(from) || !isId(to)) return undefined
  if (!isSlot(fromSlot) || !isSlot(toSlot)) return undefined
  return { id: String(id), from: String(from), fromSlot, to: String(to), toSlot }
}

const isId = (value: unknown): value is string | number =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0

/** Makes the function that follows a link. `nodes` holds every node of the document, by id. */
export function createLinkFollower(
  nodes: ReadonlyMap<string, UiNode>,
  links: ReadonlyMap<string, UiLink>,
): (linkId: number | string) => Source {
  return function followLink(linkId: number | string): Source {
    const seen = new Set<string>()
    let next: number | string | null | undefined = linkId
    while (next !== null && next !== undefined) {
      const id = String(next)
      if (seen.has(id)) return { kind: 'loop' }
      seen.add(id)
      const link = links.get(id)
      const node = link && nodes.get(link.from)
      if (link === undefined || node === undefined || node.mode === MUTED || NOTES.has(node.type)) break
      if (node.type === PRIMITIVE) {
        const value = primitiveValue(node)
        return value === undefined ? { kind: 'nothing' } : { kind: 'value', value }
      }
      if (node.type === REROUTE) next = node.inputs?.[0]?.link
      else if (node.mode === BYPASSED) next = bypassedLink(node, link.fromSlot)
      else return { kind: 'node', node, slot: link.fromSlot }
    }
    return { kind: 'nothing' }
  }
}

function primitiveValue(node: UiNode): JsonValue | undefined {
  const values = node.widgets_values
  if (values === null || values === undefined) return undefined
  return isJsonArray(values) ? values[0] : isJsonObject(values) ? ownProperty(values, 'value') : undefined
}

/** The link that takes the place of a bypassed node's output: input `slot` if its type fits, else the first that fits. */
function bypassedLink(node: UiNode, slot: number): number | string | null | undefined {
  const type = node.outputs?.[slot]?.type
  if (typeof type !== 'string') return undefined
  const inputs = node.inputs ?? []
  const straight = inputs[slot]
  return straight?.type === type ? straight.link : inputs.find((input) => input.type === type)?.link
}
