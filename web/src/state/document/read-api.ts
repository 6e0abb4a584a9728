/** Turns an API prompt into a document: its nodes laid out afresh, its constants kept by name. */
import { isJsonArray, isJsonObject, paramType } from '@dicache/protocol'
import type { JsonObject, JsonValue, NodeManifest } from '@dicache/protocol'
import { layOut } from '../edit/arrange.ts'
import { naturalSize } from '../edit/edit-nodes.ts'
import type { Catalog } from './catalog.ts'
import { EMPTY_GRAPH } from './document.ts'
import type { Doc, GraphNode, InputSlot, Link } from './document.ts'
import { idOf, objectAt, slotOf, textAt } from './read-values.ts'

/** Whether a JSON value is an API prompt: at least one of its values is a node. */
export function looksLikeApi(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Object.values(value).some((item) => textAt(item, 'class_type') !== undefined)
}

/** Reads an API prompt. */
export function readApi(value: JsonObject, catalog: Catalog): Doc {
  const nodes = new Map<string, GraphNode>()
  const links = new Map<string, Link>()
  const wanted: Omit<Link, 'id' | 'type' | 'rest'>[] = []
  for (const [key, item] of Object.entries(value)) {
    const type = textAt(item, 'class_type')
    if (type === undefined || type === '') continue
    const manifest = catalog.nodes.get(type)
    const given = Object.entries(objectAt(item, 'inputs'))
    const inputs: InputSlot[] = (manifest?.inputs ?? []).map(({ name, type: of }) => ({
      name,
      type: of,
      link: null,
      rest: {},
    }))
    const widgets: Record<string, JsonValue> = {}
    for (const [name, constant] of given) {
      const link = linkOf(value, constant)
      if (link === undefined) {
        widgets[name] = constant
        continue
      }
      let slot = inputs.findIndex((input) => input.name === name)
      if (slot < 0) slot = inputs.push(socket(manifest, name)) - 1
      wanted.push({ ...link, to: key, toSlot: slot })
    }
    const title = textAt(objectAt(item, '_meta'), 'title')
    nodes.set(key, {
      id: idOf(Number(key)) ?? key,
      type,
      ...(title !== undefined && title !== manifest?.title && { title }),
      pos: [0, 0],
      size: manifest === undefined ? [240, 40 + 24 * given.length] : naturalSize(manifest),
      mode: 0,
      collapsed: false,
      pinned: false,
      inputs,
      outputs: (manifest?.outputs ?? []).map(({ name, type: of }) => ({ name, type: of, rest: {} })),
      widgets,
      properties: { 'Node name for S&R': type },
      rest: {},
    })
  }
  for (const [index, ends] of wanted.entries()) linkNodes(nodes, links, { id: String(index + 1), ends })
  return { root: layOut({ ...EMPTY_GRAPH, nodes, links }), subgraphs: new Map() }
}

function linkOf(value: JsonObject, item: JsonValue): { from: string; fromSlot: number } | undefined {
  if (!isJsonArray(item) || item.length !== 2) return undefined
  const from = idOf(item[0])
  const fromSlot = slotOf(item[1])
  if (from === undefined || fromSlot === undefined || !Object.hasOwn(value, String(from))) return undefined
  return { from: String(from), fromSlot: Math.min(fromSlot, 255) }
}

function socket(manifest: NodeManifest | undefined, name: string): InputSlot {
  const param = manifest?.params.find((candidate) => candidate.name === name)
  return {
    name,
    type: param === undefined ? '*' : paramType(param),
    link: null,
    ...(param !== undefined && { widget: name }),
    rest: {},
  }
}

function linkNodes(
  nodes: Map<string, GraphNode>,
  links: Map<string, Link>,
  { id, ends }: { readonly id: string; readonly ends: Omit<Link, 'id' | 'type' | 'rest'> },
): void {
  const source = nodes.get(ends.from)
  const target = nodes.get(ends.to)
  if (source === undefined || target === undefined) return
  const outputs = [...source.outputs]
  while (outputs.length <= ends.fromSlot)
    outputs.push({ name: `output ${outputs.length}`, type: '*', rest: {} })
  nodes.set(ends.from, { ...source, outputs })
  const into = nodes.get(ends.to) ?? target
  nodes.set(ends.to, {
    ...into,
    inputs: into.inputs.map((slot, index) => (index === ends.toSlot ? { ...slot, link: id } : slot)),
  })
  links.set(id, { id, ...ends, type: outputs[ends.fromSlot]?.type ?? '*', rest: {} })
}
