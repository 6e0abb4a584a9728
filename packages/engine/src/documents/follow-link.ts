/**
 * Follows a link to what really feeds an input: through reroutes and bypassed nodes, past muted ones, into primitives,
 * which are constants, and in and out of subgraphs (SPEC D-6 … D-8, D-22, D-23).
 */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonValue, UiInput, UiNode, UiOutputSlot } from '@dicache/protocol'
import { typesMatch } from '../validation/port-types.ts'
import type { Outside, Scope } from './scopes.ts'
import { BYPASSED, MUTED, NOTES, PRIMITIVE, REROUTE } from './ui-level.ts'

/** What feeds an input in the end. */
export type Source =
  | { readonly kind: 'node'; readonly id: string; readonly slot: number }
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** A setting of a subgraph's instance, with its value where the instance carries one. */
  | { readonly kind: 'promoted'; readonly value: JsonValue | undefined }
  /** The way ends at a socket without a link: a setting keeps its own value. */
  | { readonly kind: 'nothing' }
  /** The way ends at a node that does not run, or is not there: the input is left out. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'loop' }

/** The node of a subgraph's inside whose outputs are the subgraph's inputs, and the one whose inputs are its outputs. */
const INPUT_NODE = '-10'
const OUTPUT_NODE = '-20'

type Step = { readonly scope: Scope; readonly link: number | string }

/** Follows a link of a scope. */
export function followLink(scope: Scope, linkId: number | string): Source {
  const seen = new Set<string>()
  let carried: JsonValue | undefined
  let at: Step = { scope, link: linkId }
  for (;;) {
    const key = `${at.scope.prefix} ${at.link}`
    if (seen.has(key)) return { kind: 'loop' }
    seen.add(key)
    const link = at.scope.level.links.get(String(at.link))
    if (link === undefined) return { kind: 'dropped' }
    const { outside } = at.scope
    if (outside !== undefined && link.from === INPUT_NODE) {
      const name = outside.subgraph.inputs[link.fromSlot] ?? ''
      carried = outside.promoted.get(name) ?? carried
      const next = socketOf(outside, name, link.fromSlot)?.link
      if (next === null || next === undefined) return { kind: 'promoted', value: carried }
      at = { scope: outside.scope, link: next }
      continue
    }
    const node = at.scope.level.nodes.get(link.from)?.node
    if (node === undefined) return { kind: 'dropped' }
    const next = stepBehind(at.scope, node, link.fromSlot)
    if ('kind' in next) return next
    at = next
  }
}

/** Where the way goes on behind an output of a node, or what it ends at. */
function stepBehind(scope: Scope, node: UiNode, slot: number): Step | Source {
  const goOn = (link: number | string | null | undefined): Step | Source =>
    link === null || link === undefined ? { kind: 'nothing' } : { scope, link }
  // Nodes of the editor's own work in every mode.
  if (node.type === PRIMITIVE) {
    const value = primitiveValue(node)
    return value === undefined ? { kind: 'nothing' } : { kind: 'value', value }
  }
  if (node.type === REROUTE) return goOn(node.inputs?.[0]?.link)
  if (node.mode === MUTED || NOTES.has(node.type)) return { kind: 'dropped' }
  if (node.mode === BYPASSED) return goOn(bypassedLink(node, slot))
  const id = String(node.id)
  if (scope.closed.has(id)) return { kind: 'dropped' }
  const inside = scope.inside.get(id)
  if (inside?.outside === undefined) return { kind: 'node', id: scope.prefix + id, slot }
  const place = outputIndex(inside.outside, node.outputs ?? [], slot)
  const inner = inside.level.incoming.get(OUTPUT_NODE)?.find(({ toSlot }) => toSlot === place)
  return inner === undefined ? { kind: 'nothing' } : { scope: inside, link: inner.id }
}

/** The instance's socket of a subgraph's input: by its name, else by its number. */
function socketOf({ instance, subgraph }: Outside, name: string, slot: number): UiInput | undefined {
  const inputs = instance.node.inputs ?? []
  const byName = name === '' ? undefined : inputs.find((input) => input.name === name)
  if (byName !== undefined) return byName
  const byNumber = inputs[slot]
  return byNumber !== undefined && subgraph.inputs.includes(byNumber.name) ? undefined : byNumber
}

/** The number of a subgraph's output that an output of the instance is: by its name, else by its number. */
function outputIndex({ subgraph }: Outside, outputs: readonly UiOutputSlot[], slot: number): number {
  const name = outputs[slot]?.name
  if (name === undefined || subgraph.outputs[slot] === name) return slot
  const index = subgraph.outputs.indexOf(name)
  return index < 0 || subgraph.outputs.lastIndexOf(name) !== index ? slot : index
}

function primitiveValue(node: UiNode): JsonValue | undefined {
  const values = node.widgets_values
  if (values === null || values === undefined) return undefined
  return isJsonArray(values) ? values[0] : isJsonObject(values) ? ownProperty(values, 'value') : undefined
}

/** The link that takes the place of a bypassed node's output: input `slot` if its type fits, else the first that fits. */
function bypassedLink(node: UiNode, slot: number): number | string | null | undefined {
  const type = typeOf(node.outputs?.[slot]?.type)
  if (type === undefined) return undefined
  const fits = (input: UiInput): boolean => typesMatch(typeOf(input.type) ?? '', type)
  const inputs = node.inputs ?? []
  const straight = inputs[slot]
  if (straight !== undefined && fits(straight)) return straight.link
  const fitting = inputs.find((input) => typeOf(input.type) === type)
  return (fitting ?? inputs.find(fits))?.link
}

function typeOf(type: JsonValue | undefined): string | undefined {
  return typeof type === 'string' ? type : undefined
}
