/**
 * Group nodes of old files, an early form of subgraphs: `extra.groupNodes[NAME]` holds the inner nodes, and nodes of
 * the type `workflow>NAME` stand for them. Each is turned into a subgraph of its own, because it carries the inner
 * nodes' values: one list for all, in the order of the nodes (SPEC D-22).
 */
import {
  fullWidgets,
  isJsonArray,
  isJsonObject,
  layoutWidgets,
  ownProperty,
  UiSubgraph,
} from '@dicache/protocol'
import type { JsonValue, Problem, UiDocument, UiNode } from '@dicache/protocol'
import type { NodeShapes } from './node-shape.ts'
import { readLevel } from './ui-level.ts'
import type { PlacedNode, Subgraph, UiLink } from './ui-level.ts'
import { listOf } from './list-of.ts'
import { widgetDefault } from './param-default.ts'

const PREFIX = /^workflow[>/]/

/** Whether a type names a group of the document. */
export function isGroupNode(type: string): boolean {
  return PREFIX.test(type)
}

/** The group that a node stands for, with the values of this node. */
export function groupDefinition(
  document: UiDocument,
  place: PlacedNode,
  shapes: NodeShapes,
): Subgraph | readonly Problem[] {
  const { node } = place
  const groups = ownProperty(document.extra ?? {}, 'groupNodes')
  const name = node.type.replace(PREFIX, '')
  const group = isJsonObject(groups) ? ownProperty(groups, name) : undefined
  const parsed = UiSubgraph.parse(isJsonObject(group) ? asSubgraph(node.type, group) : undefined)
  if (!parsed.ok) return [unknownGroup(place, name)]

  const inner = parsed.value.nodes
  const links = innerLinks(group, inner.length)
  const sockets = exposedInputs(inner, links).slice(0, (node.inputs ?? []).length)
  const outer = sockets.map(
    ({ node: to, slot }, index): UiLink => ({
      id: `in ${index}`,
      from: '-10',
      fromSlot: index,
      to: String(to),
      toSlot: slot,
    }),
  )
  const outputs = exposedOutputs(inner, links, group)
  const ends = outputs.map(
    ({ node: from, slot }, index): UiLink => ({
      id: `out ${index}`,
      from: String(from),
      fromSlot: slot,
      to: '-20',
      toSlot: index,
    }),
  )
  const all = [...links, ...outer, ...ends]
  const { nodes, fits } = withValues(inner, links, { saved: listOf(node.widgets_values), shapes })
  const { level } = readLevel({ nodes: nodes.map((item, index) => withLinks(item, index, all)) }, place.path)
  return {
    id: node.type,
    level: {
      ...level,
      // Problems of inner nodes are the group's.
      nodes: new Map([...level.nodes].map(([id, item]) => [id, { ...item, path: place.path }])),
      links: new Map(all.map((link) => [link.id, link])),
      incoming: Map.groupBy(all, ({ to }) => to),
    },
    inputs: (node.inputs ?? []).map((input) => input.name),
    outputs: (node.outputs ?? []).map((output) => output.name ?? ''),
    hasValuesInside: true,
    problems: fits ? [] : [otherValues(place)],
  }
}

function asSubgraph(id: string, group: Readonly<Record<string, JsonValue>>): JsonValue {
  const nodes = ownProperty(group, 'nodes')
  if (!isJsonArray(nodes)) return null
  return {
    id,
    nodes: nodes.map((item, index) => (isJsonObject(item) ? { ...item, id: index } : item)),
  }
}

/** Links between inner nodes: `[from, slot, to, slot, …]`, the nodes by number; null for what comes from outside. */
function innerLinks(group: JsonValue | undefined, count: number): readonly UiLink[] {
  const entries = isJsonObject(group) ? ownProperty(group, 'links') : undefined
  return listOf(entries).flatMap((entry, index): UiLink[] => {
    const [from, fromSlot, to, toSlot] = listOf(entry)
    if (!isIndex(from) || !isIndex(fromSlot) || !isIndex(to) || !isIndex(toSlot)) return []
    if (from >= count || to >= count) return []
    return [{ id: `${index}`, from: String(from), fromSlot, to: String(to), toSlot }]
  })
}

const isIndex = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)

type Socket = { readonly node: number; readonly slot: number }

/** Sockets of inner nodes that nothing inside is linked to, in the order of the nodes; settings have none at first. */
function exposedInputs(nodes: readonly UiNode[], links: readonly UiLink[]): readonly Socket[] {
  const taken = new Set(links.map(({ to, toSlot }) => `${to} ${toSlot}`))
  return nodes.flatMap((node, index) =>
    (node.inputs ?? []).flatMap(({ widget }, slot) =>
      taken.has(`${index} ${slot}`) || (widget !== null && widget !== undefined)
        ? []
        : [{ node: index, slot }],
    ),
  )
}

/** Outputs of inner nodes that nothing inside takes, or that are led outside all the same. */
function exposedOutputs(
  nodes: readonly UiNode[],
  links: readonly UiLink[],
  group: JsonValue | undefined,
): readonly Socket[] {
  const external = isJsonObject(group) ? listOf(ownProperty(group, 'external')) : []
  const led = new Set(
    external.map((entry) => {
      const [owner, slot] = listOf(entry)
      const index = isJsonObject(owner) ? ownProperty(owner, 'index') : owner
      return isIndex(index) && isIndex(slot) ? `${index} ${slot}` : ''
    }),
  )
  const taken = new Set(links.map(({ from, fromSlot }) => `${from} ${fromSlot}`))
  return nodes.flatMap((node, index) =>
    (node.outputs ?? []).flatMap((_, slot) => {
      const key = `${index} ${slot}`
      return taken.has(key) && !led.has(key) ? [] : [{ node: index, slot }]
    }),
  )
}

function withLinks(node: UiNode, index: number, links: readonly UiLink[]): UiNode {
  const to = links.filter((link) => link.to === String(index))
  const inputs = (node.inputs ?? []).map((input, slot) => ({
    ...input,
    link: to.find(({ toSlot }) => toSlot === slot)?.id ?? null,
  }))
  return { ...node, inputs }
}

type Saved = { readonly saved: readonly JsonValue[]; readonly shapes: NodeShapes }

/** Gives each inner node its part of the group's list. Settings that are linked inside have no part in it. */
function withValues(
  nodes: readonly UiNode[],
  links: readonly UiLink[],
  { saved, shapes }: Saved,
): { readonly nodes: readonly UiNode[]; readonly fits: boolean } {
  if (saved.length === 0) return { nodes, fits: true }
  const own = nodes.map((node): readonly JsonValue[] => {
    const params = shapes.get(node.type)?.params
    if (isJsonArray(node.widgets_values) || params === undefined) return listOf(node.widgets_values)
    return fullWidgets(params, widgetDefault)
  })
  const linked = nodes.map((node, index) => linkedEntries(node, own[index] ?? [], { index, links, shapes }))
  const count = (left: readonly ReadonlySet<number>[]): number =>
    own.reduce((sum, list, index) => sum + list.length - (left[index]?.size ?? 0), 0)
  const none = nodes.map(() => new Set<number>())
  const left = [linked, none].find((candidate) => count(candidate) === saved.length)
  if (left === undefined) return { nodes, fits: false }
  let at = 0
  return {
    fits: true,
    nodes: nodes.map((node, index) => ({
      ...node,
      widgets_values: (own[index] ?? []).map((value, entry) =>
        left[index]?.has(entry) ? value : (saved[at++] ?? null),
      ),
    })),
  }
}

function linkedEntries(
  node: UiNode,
  values: readonly JsonValue[],
  { index, links, shapes }: { index: number; links: readonly UiLink[]; shapes: NodeShapes },
): ReadonlySet<number> {
  const params = shapes.get(node.type)?.params ?? []
  const { indexOf } = layoutWidgets(params, values)
  const entries = (node.inputs ?? []).flatMap(({ name, widget }, slot) => {
    const isLinked = links.some(({ to, toSlot }) => to === String(index) && toSlot === slot)
    const entry = widget && isLinked ? indexOf.get(widget.name ?? name) : undefined
    return entry === undefined ? [] : [entry]
  })
  return new Set(entries)
}

function unknownGroup({ node, path }: PlacedNode, name: string): Problem {
  return {
    code: 'UNSUPPORTED_DOCUMENT_FEATURE',
    message: `"${node.title ?? node.type}" (node ${node.id}) stands for the group "${name}", which this document does not hold (extra.groupNodes). Open it where the group is known and save it again, or remove the node.`,
    severity: 'error',
    path,
    nodeId: String(node.id),
    details: { feature: 'group node' },
  }
}

function otherValues({ node, path }: PlacedNode): Problem {
  return {
    code: 'BAD_WIDGET_VALUES',
    message: `The values saved for the group "${node.title ?? node.type}" (node ${node.id}) do not fit its nodes; the values saved with the group are used. Check its settings.`,
    severity: 'warning',
    path: `${path}/widgets_values`,
    nodeId: String(node.id),
  }
}
