/** Writes a document as a file of the UI format, with everything that was read from one. */
import type { JsonObject, JsonValue } from '@dicache/protocol'
import { BORDER_INPUT, BORDER_OUTPUT } from './document.ts'
import type { Doc, Graph, GraphNode, Group, Link, Subgraph } from './document.ts'
import { objectAt, without } from './read-values.ts'

/** The document as JSON; `extra` is merged into its own `extra`. */
export function writeDocument(doc: Doc, extra: JsonObject = {}): JsonObject {
  const root = writeGraph(doc.root)
  const merged = { ...objectAt(root, 'extra'), ...extra }
  return {
    ...root,
    config: root['config'] ?? {},
    extra: merged,
    version: root['version'] ?? 0.4,
    ...(doc.subgraphs.size > 0 && {
      definitions: { subgraphs: [...doc.subgraphs.values()].map(writeSubgraph) },
    }),
  }
}

function writeGraph({ nodes, links, groups, linkForm, rest }: Graph): JsonObject {
  const leaving = Map.groupBy(links.values(), ({ from }) => from)
  const highest = (ids: Iterable<string>): number =>
    Math.max(0, ...[...ids].map(Number).filter((id) => Number.isSafeInteger(id)))
  const lastNode = highest(nodes.keys())
  const lastLink = highest(links.keys())
  const counts =
    linkForm === 'array'
      ? { last_node_id: lastNode, last_link_id: lastLink }
      : { state: { ...objectAt(rest, 'state'), lastNodeId: lastNode, lastLinkId: lastLink } }
  return {
    ...rest,
    ...counts,
    nodes: [...nodes].map(([key, node], order) => writeNode(node, order, leaving.get(key) ?? [])),
    links: [...links.values()].map((link) => writeLink(link, linkForm)),
    groups: groups.map(writeGroup),
  }
}

function writeNode(node: GraphNode, order: number, leaving: readonly Link[]): JsonObject {
  const flags = {
    ...objectAt(node.rest, 'flags'),
    ...(node.collapsed && { collapsed: true }),
    ...(node.pinned && { pinned: true }),
  }
  return {
    id: node.id,
    type: node.type,
    pos: [round(node.pos[0]), round(node.pos[1])],
    size: [round(node.size[0]), round(node.size[1])],
    ...without(node.rest, ['flags', 'order']),
    flags,
    order,
    mode: node.mode,
    inputs: node.inputs.map(({ name, type, link, widget, rest }) => ({
      ...rest,
      name,
      type,
      ...(widget !== undefined && { widget: { name: widget } }),
      link: link === null ? null : idFrom(link),
    })),
    outputs: node.outputs.map(({ name, type, rest }, slot) => ({
      ...rest,
      name,
      type,
      links: leaving.filter(({ fromSlot }) => fromSlot === slot).map(({ id }) => idFrom(id)),
    })),
    ...(node.title !== undefined && { title: node.title }),
    properties: node.properties,
    widgets_values: node.widgets,
    ...(node.color !== undefined && { color: node.color }),
    ...(node.bgcolor !== undefined && { bgcolor: node.bgcolor }),
  }
}

function writeLink(link: Link, form: Graph['linkForm']): JsonValue {
  const { id, from, fromSlot, to, toSlot, type, rest } = link
  if (form === 'array') return [idFrom(id), idFrom(from), fromSlot, idFrom(to), toSlot, type]
  return {
    ...rest,
    id: idFrom(id),
    origin_id: idFrom(from),
    origin_slot: fromSlot,
    target_id: idFrom(to),
    target_slot: toSlot,
    type,
  }
}

function writeGroup({ id, title, bounding, color, rest }: Group): JsonObject {
  return { ...rest, id: idFrom(id), title, bounding: bounding.map(round), color }
}

function writeSubgraph({ id, name, inputs, outputs, inputPos, outputPos, graph }: Subgraph): JsonObject {
  const links = [...graph.links.values()]
  const border = (slots: Subgraph['inputs'], end: 'from' | 'to', key: string): JsonValue =>
    slots.map((slot, index) => ({
      ...slot.rest,
      name: slot.name,
      type: slot.type,
      linkIds: links
        .filter((link) => link[end] === key && link[end === 'from' ? 'fromSlot' : 'toSlot'] === index)
        .map((link) => idFrom(link.id)),
    }))
  return {
    ...writeGraph({ ...graph, linkForm: 'object' }),
    id,
    name,
    version: 1,
    inputNode: { id: -10, bounding: [...inputPos, 120, 60] },
    outputNode: { id: -20, bounding: [...outputPos, 120, 60] },
    inputs: border(inputs, 'from', BORDER_INPUT),
    outputs: border(outputs, 'to', BORDER_OUTPUT),
  }
}

/** Numbers went in as numbers and come out as numbers. */
function idFrom(key: string): number | string {
  return /^-?\d{1,15}$/.test(key) && String(Number(key)) === key ? Number(key) : key
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
