/** Compiles a document of the UI format: the editor sends what it shows, and this finds what runs. */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, Problem, UiDocument, UiNode } from '@dicache/protocol'
import { pointerStep } from '../graph.ts'
import type { Graph, GraphInput, GraphNode } from '../graph.ts'
import type { NodeType, Registry } from '../registry.ts'
import { dicacheExtra } from './dicache-extra.ts'
import { widgetDefault } from './param-default.ts'
import { BYPASSED, createLinkFollower, MUTED, NOTES, PRIMITIVE, readLinks, REROUTE } from './ui-links.ts'
import type { Source, UiLink } from './ui-links.ts'
import { layoutWidgets } from './widget-values.ts'

const EDITOR_ONLY: ReadonlySet<string> = new Set([...NOTES, PRIMITIVE, REROUTE])

/** Compiles a UI document (SPEC D-3 … D-10). */
export function compileUi(
  document: UiDocument,
  registry: Registry,
): { readonly graph: Graph; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const nodes = indexNodes(document, problems)
  const { links, malformed } = readLinks(document)
  for (const index of malformed) problems.push(malformedLink(index))
  const follow = createLinkFollower(new Map([...nodes].map(([id, { node }]) => [id, node])), links)
  const incoming = linksByTarget(links)
  const named = dicacheExtra(document).values
  const subgraphs = subgraphIds(document)

  const compiled = new Map<string, GraphNode>()
  for (const [id, { node, path }] of nodes) {
    if (EDITOR_ONLY.has(node.type) || node.mode === MUTED || node.mode === BYPASSED) continue
    const type = registry.get(node.type)
    const title = node.title ?? type?.manifest.title ?? node.type
    if (type === undefined && isUnsupported(node.type, subgraphs)) {
      problems.push(unsupported(id, title, path, node.type))
      continue
    }
    const inputs = new Map<string, GraphInput>()
    const own = named.get(id)
    for (const [name, value, at] of settingsOf(node, type, own)) {
      inputs.set(name, { kind: 'value', value, path: path + at })
    }
    if (type !== undefined && isJsonArray(node.widgets_values)) {
      const { extra } = layoutWidgets(type.manifest.params, node.widgets_values)
      if (extra > 0) problems.push(extraValues(id, title, path, extra))
    }
    for (const { name, link, at } of linkedInputs(node, type, incoming.get(id) ?? [])) {
      const input = inputFrom(follow(link), path + at)
      if (input === 'loop') problems.push(loop(id, title, path + at, name))
      else if (input !== undefined) inputs.set(name, input)
      // Where the source was dropped, an input stays out, and a setting keeps its widget's value.
    }
    compiled.set(id, { id, type: node.type, title, inputs, path })
  }
  return { graph: { nodes: compiled, document: document as unknown as JsonValue }, problems }
}

type Place = { readonly node: UiNode; readonly path: string }

function indexNodes(document: UiDocument, problems: Problem[]): ReadonlyMap<string, Place> {
  const nodes = new Map<string, Place>()
  for (const [index, node] of document.nodes.entries()) {
    const id = String(node.id)
    const path = `/nodes/${index}`
    if (!nodes.has(id)) {
      nodes.set(id, { node, path })
      continue
    }
    problems.push({
      code: 'DUPLICATE_NODE_ID',
      message: `Two nodes have the id ${id}; the second ("${node.type}") is left out. Copy it anew in the editor.`,
      severity: 'error',
      path,
      nodeId: id,
    })
  }
  return nodes
}

function linksByTarget(links: ReadonlyMap<string, UiLink>): ReadonlyMap<string, readonly UiLink[]> {
  const byTarget = new Map<string, UiLink[]>()
  for (const link of links.values()) {
    const list = byTarget.get(link.to)
    if (list === undefined) byTarget.set(link.to, [link])
    else list.push(link)
  }
  return byTarget
}

type Linked = { readonly name: string; readonly link: number | string; readonly at: string }

/** The inputs of a node that have a link; by the node's own list, or by slot where it has none. */
function linkedInputs(
  node: UiNode,
  type: NodeType | undefined,
  incoming: readonly UiLink[],
): readonly Linked[] {
  if (node.inputs !== null && node.inputs !== undefined) {
    return node.inputs.flatMap(({ name, link }, index) =>
      link === null || link === undefined ? [] : [{ name, link, at: `/inputs/${index}` }],
    )
  }
  return incoming.flatMap(({ id, toSlot }) => {
    const name = type?.manifest.inputs[toSlot]?.name
    return name === undefined ? [] : [{ name, link: id, at: '/inputs' }]
  })
}

function inputFrom(source: Source, path: string): GraphInput | 'loop' | undefined {
  switch (source.kind) {
    case 'node':
      return { kind: 'link', from: String(source.node.id), slot: source.slot, path }
    case 'value':
      return { kind: 'value', value: source.value, path }
    case 'loop':
      return 'loop'
    case 'nothing':
      return undefined
  }
}

type Setting = readonly [name: string, value: JsonValue, at: string]

/** A node's settings: named ones first (`extra.dicache.values`), then by place, then defaults. */
function settingsOf(
  node: UiNode,
  type: NodeType | undefined,
  named: JsonObject | undefined,
): readonly Setting[] {
  const values = node.widgets_values
  if (type === undefined) return Object.entries(named ?? {}).map(([name, value]) => [name, value, ''])
  const { indexOf } = layoutWidgets(type.manifest.params, isJsonArray(values) ? values : [])
  return type.manifest.params.flatMap((param): Setting[] => {
    const { name } = param
    const index = indexOf.get(name)
    const byName = named && ownProperty(named, name)
    if (byName !== undefined) return [[name, byName, '/widgets_values']]
    const byPlace = isJsonArray(values) && index !== undefined ? values[index] : undefined
    const value = isJsonObject(values) ? ownProperty(values, name) : byPlace
    // The editor writes null where a list was empty.
    const known = value ?? (param.socketOnly ? undefined : widgetDefault(param))
    const step = isJsonObject(values) ? pointerStep(name) : index === undefined ? '' : `/${index}`
    return known === undefined ? [] : [[name, known, `/widgets_values${step}`]]
  })
}

function subgraphIds(document: UiDocument): ReadonlySet<string> {
  const definitions = document.definitions?.subgraphs ?? []
  return new Set(
    definitions.flatMap((item) => {
      const id = isJsonObject(item) ? ownProperty(item, 'id') : undefined
      return typeof id === 'string' ? [id] : []
    }),
  )
}

function isUnsupported(type: string, subgraphs: ReadonlySet<string>): boolean {
  return subgraphs.has(type) || type.startsWith('workflow>') || type.startsWith('workflow/')
}

function unsupported(nodeId: string, title: string, path: string, type: string): Problem {
  const feature = type.startsWith('workflow') ? 'group node' : 'subgraph'
  return {
    code: 'UNSUPPORTED_DOCUMENT_FEATURE',
    message: `"${title}" (node ${nodeId}) is a ${feature}, which is not supported yet. Unpack it in the editor, then save again.`,
    severity: 'error',
    path,
    nodeId,
    details: { feature },
  }
}

function malformedLink(index: number): Problem {
  return {
    code: 'MALFORMED_LINK',
    message: `Link number ${index} of the document cannot be read and is left out.`,
    severity: 'warning',
    path: `/links/${index}`,
  }
}

function extraValues(nodeId: string, title: string, path: string, extra: number): Problem {
  return {
    code: 'BAD_WIDGET_VALUES',
    message: `"${title}" (node ${nodeId}) has ${extra} more saved value${extra === 1 ? '' : 's'} than settings; they are ignored. Check its settings.`,
    severity: 'warning',
    path: `${path}/widgets_values`,
    nodeId,
  }
}

function loop(nodeId: string, title: string, path: string, input: string): Problem {
  return {
    code: 'CYCLE',
    message: `The input "${input}" of "${title}" (node ${nodeId}) leads through reroutes or bypassed nodes back to itself. Remove one of these links.`,
    severity: 'error',
    path,
    nodeId,
    input,
  }
}
