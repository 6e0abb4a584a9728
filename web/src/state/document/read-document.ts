/** Reads a UI document of any version that is about, damaged ones too: what cannot be read is counted, never thrown. */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue } from '@dicache/protocol'
import type { BorderSlot, Doc, Graph, GraphNode, Group, InputSlot, Link, OutputSlot } from './document.ts'
import type { Subgraph, WidgetValues } from './document.ts'
import { idOf, listAt, numberOf, objectAt, pointOf, slotOf, textAt, without } from './read-values.ts'

/** A document, and what of it could not be kept, as sentences. */
export type ReadDocument = { readonly doc: Doc; readonly losses: readonly string[] }

const DEFAULT_SIZE = [220, 100] as const

/** Reads a UI document. */
export function readDocument(value: JsonObject): ReadDocument {
  const losses: string[] = []
  const root = readGraph(value, losses)
  const subgraphs = new Map<string, Subgraph>()
  for (const item of listAt(objectAt(value, 'definitions'), 'subgraphs')) {
    const subgraph = readSubgraph(item, losses)
    if (subgraph !== undefined) subgraphs.set(subgraph.id, subgraph)
  }
  return { doc: { root, subgraphs }, losses }
}

function readGraph(value: JsonObject, losses: string[]): Graph {
  const nodes = new Map<string, GraphNode>()
  let next = 1
  for (const item of listAt(value, 'nodes')) {
    const node = readNode(item)
    if (node === undefined) {
      losses.push('A node without a type was left out.')
      continue
    }
    const key = String(node.id)
    if (nodes.has(key)) {
      while (nodes.has(String(next)) || listHasId(value, next)) next++
      losses.push(`Two nodes had the id ${key.slice(0, 40)}; the second is now ${next}, without its links.`)
      nodes.set(String(next), { ...node, id: next, inputs: node.inputs.map(unlinked) })
    } else nodes.set(key, node)
  }
  const list = listAt(value, 'links')
  const links = new Map<string, Link>()
  for (const item of list) {
    if (item === null) continue
    const link = readLink(item)
    if (link === undefined || !fits(nodes, link)) losses.push('A link that leads nowhere was left out.')
    else links.set(link.id, link)
  }
  return {
    nodes: agree(nodes, links),
    links,
    groups: listAt(value, 'groups').flatMap(readGroup),
    linkForm: list.some(isJsonObject) || (list.length === 0 && value['version'] === 1) ? 'object' : 'array',
    rest: without(value, ['nodes', 'links', 'groups', 'definitions']),
  }
}

function listHasId(value: JsonObject, id: number): boolean {
  return listAt(value, 'nodes').some((item) => isJsonObject(item) && item['id'] === id)
}

function unlinked(slot: InputSlot): InputSlot {
  return { ...slot, link: null }
}

function fits(nodes: ReadonlyMap<string, GraphNode>, link: Link): boolean {
  const border = (id: string): boolean => id === '-10' || id === '-20'
  return (border(link.from) || nodes.has(link.from)) && (border(link.to) || nodes.has(link.to))
}

/** The links decide: inputs say what arrives at them, and sockets that a link needs are there. */
function agree(nodes: Map<string, GraphNode>, links: Map<string, Link>): ReadonlyMap<string, GraphNode> {
  const arriving = Map.groupBy(links.values(), ({ to }) => to)
  const leaving = Map.groupBy(links.values(), ({ from }) => from)
  for (const [key, node] of nodes) {
    const into = arriving.get(key) ?? []
    const outOf = leaving.get(key) ?? []
    const inputs = node.inputs.map((slot) => (slot.link === null ? slot : unlinked(slot)))
    for (const link of into) {
      while (inputs.length <= link.toSlot && link.toSlot < 256) {
        inputs.push({ name: `input ${inputs.length}`, type: link.type, link: null, rest: {} })
      }
      const slot = inputs[link.toSlot]
      if (slot === undefined || slot.link !== null) links.delete(link.id)
      else inputs[link.toSlot] = { ...slot, link: link.id }
    }
    const outputs = [...node.outputs]
    for (const link of outOf) {
      while (outputs.length <= link.fromSlot && link.fromSlot < 256) {
        outputs.push({ name: `output ${outputs.length}`, type: link.type, rest: {} })
      }
      if (link.fromSlot >= outputs.length) links.delete(link.id)
    }
    nodes.set(key, { ...node, inputs, outputs })
  }
  return nodes
}

const NODE_KEYS =
  'id type title pos size mode flags color bgcolor inputs outputs widgets_values properties'.split(' ')

function readNode(item: JsonValue): GraphNode | undefined {
  if (!isJsonObject(item)) return undefined
  const id = idOf(item['id'])
  const type = textAt(item, 'type')
  if (id === undefined || type === undefined || type === '') return undefined
  const flags = objectAt(item, 'flags')
  const size = pointOf(ownProperty(item, 'size'), DEFAULT_SIZE)
  const optional = {
    title: textAt(item, 'title'),
    color: textAt(item, 'color'),
    bgcolor: textAt(item, 'bgcolor'),
  }
  return {
    id,
    type,
    ...(optional.title !== undefined && { title: optional.title }),
    ...(optional.color !== undefined && { color: optional.color }),
    ...(optional.bgcolor !== undefined && { bgcolor: optional.bgcolor }),
    pos: pointOf(ownProperty(item, 'pos'), [0, 0]),
    size: [Math.min(Math.max(size[0], 40), 5000), Math.min(Math.max(size[1], 10), 5000)],
    mode: numberOf(item['mode']) ?? 0,
    collapsed: flags['collapsed'] === true,
    pinned: flags['pinned'] === true,
    inputs: listAt(item, 'inputs').flatMap(readInput),
    outputs: listAt(item, 'outputs').flatMap(readOutput),
    widgets: readWidgets(ownProperty(item, 'widgets_values')),
    properties: objectAt(item, 'properties'),
    rest: { ...without(item, NODE_KEYS), flags: without(flags, ['collapsed', 'pinned']) },
  }
}

function readWidgets(value: JsonValue | undefined): WidgetValues {
  return isJsonArray(value) || isJsonObject(value) ? value : []
}

function typeOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value.slice(0, 200)
  // Very old files write the options of a choice as its type, and 0 or -1 for anything.
  return isJsonArray(value) ? 'COMBO' : '*'
}

function readInput(item: JsonValue): InputSlot[] {
  if (!isJsonObject(item)) return []
  const widget = textAt(ownProperty(item, 'widget'), 'name')
  const link = idOf(item['link'])
  return [
    {
      name: textAt(item, 'name') ?? '',
      type: typeOf(item['type']),
      link: link === undefined ? null : String(link),
      ...(widget !== undefined && { widget }),
      rest: without(item, ['name', 'type', 'link', 'widget']),
    },
  ]
}

function readOutput(item: JsonValue): OutputSlot[] {
  if (!isJsonObject(item)) return []
  return [
    {
      name: textAt(item, 'name') ?? '',
      type: typeOf(item['type']),
      rest: without(item, ['name', 'type', 'links', 'slot_index']),
    },
  ]
}

const LINK_KEYS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type']

function readLink(item: JsonValue): Link | undefined {
  const parts = isJsonObject(item) ? LINK_KEYS.map((key) => ownProperty(item, key)) : item
  if (!isJsonArray(parts)) return undefined
  const [id, from, fromSlot, to, toSlot, type] = parts
  const ids = [idOf(id), idOf(from), idOf(to)]
  const slots = [slotOf(fromSlot), slotOf(toSlot)]
  if (ids.includes(undefined) || slots.includes(undefined)) return undefined
  return {
    id: String(ids[0]),
    from: String(ids[1]),
    fromSlot: slots[0] ?? 0,
    to: String(ids[2]),
    toSlot: slots[1] ?? 0,
    type: typeOf(type),
    rest: isJsonObject(item) ? without(item, LINK_KEYS) : {},
  }
}

function readGroup(item: JsonValue, index: number): Group[] {
  const [x, y, width, height] = listAt(item, 'bounding').map(numberOf)
  if (!isJsonObject(item) || x === undefined || y === undefined) return []
  return [
    {
      id: String(idOf(item['id']) ?? `group ${index}`),
      title: textAt(item, 'title') ?? 'Group',
      bounding: [x, y, Math.max(width ?? 140, 60), Math.max(height ?? 80, 40)],
      color: textAt(item, 'color') ?? '#3f789e',
      rest: without(item, ['id', 'title', 'bounding', 'color']),
    },
  ]
}

function readSubgraph(item: JsonValue, losses: string[]): Subgraph | undefined {
  if (!isJsonObject(item)) return undefined
  const id = textAt(item, 'id')
  if (id === undefined || id === '') return undefined
  const [ix = -300, iy = 0] = listAt(objectAt(item, 'inputNode'), 'bounding').map(numberOf)
  const [ox = 700, oy = 0] = listAt(objectAt(item, 'outputNode'), 'bounding').map(numberOf)
  return {
    id,
    name: textAt(item, 'name') ?? 'Subgraph',
    inputs: listAt(item, 'inputs').flatMap(readBorder),
    outputs: listAt(item, 'outputs').flatMap(readBorder),
    inputPos: [ix, iy],
    outputPos: [ox, oy],
    graph: readGraph(item, losses),
  }
}

function readBorder(item: JsonValue): BorderSlot[] {
  if (!isJsonObject(item)) return []
  return [
    {
      name: textAt(item, 'name') ?? '',
      type: typeOf(item['type']),
      rest: without(item, ['name', 'type', 'linkIds']),
    },
  ]
}
