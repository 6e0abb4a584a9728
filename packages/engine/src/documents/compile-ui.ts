/** Compiles a document of the UI format: the editor sends what it shows, and this finds what runs. */
import type { JsonValue, Problem, UiDocument, UiInput, UiNode } from '@dicache/protocol'
import { isJsonArray } from '@dicache/protocol'
import { pointerStep } from '../graph.ts'
import type { Graph, GraphInput, GraphNode } from '../graph.ts'
import { dicacheExtra } from './dicache-extra.ts'
import type { DicacheExtra } from './dicache-extra.ts'
import { followLink } from './follow-link.ts'
import type { Source } from './follow-link.ts'
import { migrateDocument } from './migrate-document.ts'
import type { NodeShape, NodeShapes } from './node-shape.ts'
import { nodeSettings } from './node-settings.ts'
import { openScopes } from './scopes.ts'
import type { Scope } from './scopes.ts'
import { withDynamic } from './dynamic-settings.ts'
import { namedByFile } from './own-names.ts'
import { shapeOfNode } from './shape-of-node.ts'
import { BYPASSED, EDITOR_ONLY, MUTED } from './ui-level.ts'
import type { PlacedNode } from './ui-level.ts'
import { extraValues, loop } from './ui-problems.ts'

/** What a UI document compiles to. */
export type CompiledUi = {
  readonly graph: Graph
  readonly problems: readonly Problem[]
  /** Nodes of unknown types whose values have no names, with the number of values: they are not in the graph. */
  readonly unnamed: ReadonlyMap<string, number>
}

/** Compiles a UI document (SPEC D-3, D-4, D-6 … D-9, D-15, D-16, D-22, D-23). */
export function compileUi(given: UiDocument, shapes: NodeShapes): CompiledUi {
  const { document, problems: outdated } = migrateDocument(given, shapes)
  const extra = dicacheExtra(document)
  const { scopes, problems: found } = openScopes(document, shapes, extra)
  const work: Work = {
    shapes,
    extra,
    nodes: new Map(),
    problems: [...outdated, ...found],
    unnamed: new Map(),
  }
  for (const scope of scopes) for (const place of scope.level.nodes.values()) compileNode(scope, place, work)
  const { nodes, problems, unnamed } = work
  return { graph: { nodes, document: document as unknown as JsonValue }, problems, unnamed }
}

type Work = {
  readonly shapes: NodeShapes
  readonly extra: DicacheExtra
  readonly nodes: Map<string, GraphNode>
  readonly problems: Problem[]
  readonly unnamed: Map<string, number>
}

function compileNode(scope: Scope, { node, path }: PlacedNode, work: Work): void {
  const { shapes, extra, problems } = work
  if (EDITOR_ONLY.has(node.type) || node.mode === MUTED || node.mode === BYPASSED) return
  // What stands for a subgraph, or for one that cannot be opened, is no node of the graph.
  if (scope.inside.has(String(node.id)) || scope.closed.has(String(node.id))) return
  const saved = node.widgets_values as JsonValue | undefined
  const known = withDynamic(shapes.get(node.type), saved)
  const hasNames = namedByFile(node) !== undefined
  const shape = known ?? (hasNames ? undefined : shapeOfNode(node))
  const id = scope.prefix + node.id
  const title = node.title ?? shape?.title ?? node.type
  const place = { id, title, path }
  const read = nodeSettings(node, { scope, shape, extra })
  if (read.extra > 0) problems.push(extraValues(place, read.extra))
  if (shape === undefined && !hasNames && isJsonArray(node.widgets_values) && node.widgets_values.length > 0)
    work.unnamed.set(id, node.widgets_values.length)

  const inputs = new Map<string, GraphInput>()
  for (const [name, value, at] of read.settings) inputs.set(name, { kind: 'value', value, path: path + at })
  for (const { name, link, at } of linkedInputs(scope, node, shape)) {
    connect(inputs, name, followLink(scope, link), {
      at: path + at,
      isExplicit: read.explicit.has(name),
      onLoop: () => problems.push(loop(place, path + at, name)),
    })
  }
  work.nodes.set(id, { id, type: node.type, title, inputs, path })
}

type Linked = { readonly name: string; readonly link: number | string; readonly at: string }

/** The inputs of a node that have a link; by the node's own list, or by slot where it has none. */
function linkedInputs(scope: Scope, node: UiNode, shape: NodeShape | undefined): readonly Linked[] {
  if (node.inputs !== null && node.inputs !== undefined) {
    return node.inputs.flatMap(({ name, link }: UiInput, index) =>
      link === null || link === undefined ? [] : [{ name, link, at: `/inputs${pointerStep(index)}` }],
    )
  }
  return (scope.level.incoming.get(String(node.id)) ?? []).flatMap(({ id, toSlot }) => {
    const name = shape?.inputs[toSlot]?.name
    return name === undefined ? [] : [{ name, link: id, at: '/inputs' }]
  })
}

type Connecting = {
  readonly at: string
  /** The document gives this setting of this node a value by name. */
  readonly isExplicit: boolean
  readonly onLoop: () => void
}

/** Puts what a link leads to into the inputs (SPEC D-23). */
function connect(inputs: Map<string, GraphInput>, name: string, source: Source, how: Connecting): void {
  const { at: path } = how
  switch (source.kind) {
    case 'node':
      inputs.set(name, { kind: 'link', from: source.id, slot: source.slot, path })
      return
    case 'value':
    case 'promoted':
      if (source.value !== undefined && !how.isExplicit)
        inputs.set(name, { kind: 'value', value: source.value, path })
      return
    case 'dropped':
      inputs.delete(name)
      return
    case 'loop':
      how.onLoop()
      return
    case 'nothing':
      return
  }
}
