/**
 * Where nodes are: the document, or the inside of a node that stands for a subgraph. Every such node has a scope of its
 * own; ids of inner nodes are joined with colons, as in ComfyUI: `2:6:1` (SPEC D-22).
 */
import { isAfterRun, isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, Problem, UiDocument, UiInput } from '@dicache/protocol'
import { dicacheExtra } from './dicache-extra.ts'
import type { DicacheExtra } from './dicache-extra.ts'
import type { NodeShapes } from './node-shape.ts'
import { createSubgraphFinder } from './subgraphs.ts'
import type { FindSubgraph } from './subgraphs.ts'
import { BYPASSED, MUTED, readLevel } from './ui-level.ts'
import type { Level, PlacedNode, Subgraph } from './ui-level.ts'
import { listOf } from './list-of.ts'

/** A level in its place. */
export type Scope = {
  readonly level: Level
  /** Before the ids of its nodes: `''`, `'2:'`, `'2:6:'`. */
  readonly prefix: string
  readonly outside: Outside | undefined
  /** Scopes of its nodes that stand for subgraphs, by their ids. */
  readonly inside: ReadonlyMap<string, Scope>
  /** Ids of its nodes that stand for subgraphs that cannot be opened. */
  readonly closed: ReadonlySet<string>
}

/** What a scope is to the one that it is in. */
export type Outside = {
  readonly scope: Scope
  readonly instance: PlacedNode
  readonly subgraph: Subgraph
  /** What the instance says about the subgraph's inputs, by name. */
  readonly promoted: ReadonlyMap<string, JsonValue>
  /** What the instance says about settings of inner nodes, by id and name. */
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, JsonValue>>
}

/** Subgraphs that hold themselves many times over could fill any memory: no more inner nodes than this are made. */
const MAX_INNER_NODES = 50_000
/** Ids grow with every level. */
const MAX_DEPTH = 100

/** All scopes of a document, outer ones first. */
export function openScopes(
  document: UiDocument,
  shapes: NodeShapes,
  extra: DicacheExtra = dicacheExtra(document),
): { readonly scopes: readonly Scope[]; readonly problems: readonly Problem[] } {
  const find = createSubgraphFinder(document, shapes)
  const { level, problems: found } = readLevel(document, '')
  const problems = [...found]
  const told = new Set<Subgraph>()
  let inner = 0
  let full = false
  const scopes: OpenScope[] = [
    { level, prefix: '', outside: undefined, inside: new Map(), closed: new Set() },
  ]
  for (const scope of scopes) {
    for (const [instance, subgraph] of instancesOf(scope, find)) {
      const id = String(instance.node.id)
      const faults = 'level' in subgraph ? whyClosed(scope, instance, subgraph, inner) : subgraph
      if (!('level' in subgraph) || faults.length > 0) {
        // Whatever comes after one that is too large is so, too.
        const [first] = faults
        if (first?.code !== 'TOO_LARGE' || !full) problems.push(...faults)
        full ||= first?.code === 'TOO_LARGE'
        scope.closed.add(id)
        continue
      }
      if (!told.has(subgraph)) problems.push(...subgraph.problems)
      told.add(subgraph)
      inner += subgraph.level.nodes.size
      const next = openInstance(scope, [instance, subgraph], extra.values.get(scope.prefix + id))
      scope.inside.set(id, next)
      scopes.push(next)
    }
  }
  return { scopes, problems }
}

type OpenScope = Scope & { readonly inside: Map<string, Scope>; readonly closed: Set<string> }

function whyClosed(
  scope: Scope,
  instance: PlacedNode,
  subgraph: Subgraph,
  inner: number,
): readonly Problem[] {
  const id = scope.prefix + instance.node.id
  if (inner + subgraph.level.nodes.size > MAX_INNER_NODES) return [tooMany(id, instance)]
  if (depthOf(scope) >= MAX_DEPTH) return [tooDeep(id, instance)]
  return isWithin(scope, subgraph) ? [holdsItself(id, instance)] : []
}

/** Muted and bypassed instances have no inside: nothing of it runs. */
function instancesOf(
  scope: Scope,
  find: FindSubgraph,
): readonly (readonly [PlacedNode, Subgraph | readonly Problem[]])[] {
  return [...scope.level.nodes.values()].flatMap((place) => {
    const { mode } = place.node
    const subgraph = mode === MUTED || mode === BYPASSED ? undefined : find(place)
    return subgraph === undefined ? [] : [[place, subgraph] as const]
  })
}

function isWithin(scope: Scope, subgraph: Subgraph): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outside?.scope)
    if (at.outside?.subgraph.id === subgraph.id) return true
  return false
}

function depthOf(scope: Scope): number {
  let depth = 0
  for (let at = scope.outside; at !== undefined; at = at.scope.outside) depth++
  return depth
}

function openInstance(
  scope: Scope,
  [instance, subgraph]: readonly [PlacedNode, Subgraph],
  named: JsonObject | undefined,
): OpenScope {
  const promoted = new Map<string, JsonValue>()
  const overrides = new Map<string, Map<string, JsonValue>>()
  for (const [owner, name, value] of subgraph.hasValuesInside ? [] : instanceValues(instance, subgraph)) {
    if (owner === undefined) promoted.set(name, value)
    else overrides.set(owner, (overrides.get(owner) ?? new Map<string, JsonValue>()).set(name, value))
  }
  const above = scope.outside?.overrides.get(String(instance.node.id))
  for (const [name, value] of [...(above ?? []), ...Object.entries(named ?? {})]) promoted.set(name, value)
  return {
    level: subgraph.level,
    prefix: `${scope.prefix}${instance.node.id}:`,
    outside: { scope, instance, subgraph, promoted, overrides },
    inside: new Map(),
    closed: new Set(),
  }
}

/** A value that an instance carries: of one of its own inputs, or of a setting of the inner node `owner`. */
type Carried = readonly [owner: string | undefined, name: string, value: JsonValue]

function instanceValues({ node }: PlacedNode, subgraph: Subgraph): readonly Carried[] {
  const saved = node.widgets_values
  if (isJsonObject(saved)) return Object.entries(saved).map(([name, value]) => [undefined, name, value])
  const values = listOf(saved)
  const widgets = ownWidgets(node.inputs ?? [], subgraph)
  const proxies = proxiesOf(node.properties ?? {})
  const places = proxies?.length === values.length ? proxies : placesOf(widgets, values)
  return places.flatMap(([owner, name], index): Carried[] => {
    const value = values[index]
    if (value === undefined || value === null || name === 'control_after_generate') return []
    return [[owner, name, value]]
  })
}

type Place = readonly [owner: string | undefined, name: string]

/** `properties.proxyWidgets`: `["-1", input of the subgraph]` or `[inner node, its setting]` per shown widget. */
function proxiesOf(properties: NonNullable<PlacedNode['node']['properties']>): readonly Place[] | undefined {
  const proxies = ownProperty(properties, 'proxyWidgets')
  if (!isJsonArray(proxies)) return undefined
  return proxies.map((proxy): Place => {
    const [owner, name] = isJsonArray(proxy) ? proxy : []
    const id = typeof owner === 'string' || typeof owner === 'number' ? String(owner) : ''
    return [id === '-1' ? undefined : id, typeof name === 'string' ? name : '']
  })
}

/** Inputs of a subgraph that are settings, in its order: its instance or an inner node shows them as a widget. */
function ownWidgets(sockets: readonly UiInput[], { inputs, level }: Subgraph): readonly Place[] {
  const shown = new Set(sockets.filter(({ widget }) => isThere(widget)).map(({ name }) => name))
  for (const { from, fromSlot, to, toSlot } of level.links.values()) {
    const target = from === '-10' ? level.nodes.get(to)?.node.inputs?.[toSlot] : undefined
    if (isThere(target?.widget)) shown.add(inputs[fromSlot] ?? '')
  }
  return inputs.filter((name) => shown.has(name)).map((name) => [undefined, name])
}

const isThere = (value: unknown): boolean => value !== null && value !== undefined

/** The settings that values belong to, by place; an entry about a seed's next value belongs to none. */
function placesOf(widgets: readonly Place[], values: readonly JsonValue[]): readonly Place[] {
  let next = 0
  const places = values.map((value, index): Place => {
    const spare = values.length - index > widgets.length - next
    if (spare && next > 0 && isAfterRun(value)) return [undefined, 'control_after_generate']
    return widgets[next++] ?? [undefined, '']
  })
  // Lists that do not fit would give the values of one setting to another.
  return next > widgets.length ? [] : places
}

function tooMany(nodeId: string, { node, path }: PlacedNode): Problem {
  return {
    code: 'TOO_LARGE',
    message: `The subgraphs of this document have more than ${MAX_INNER_NODES} nodes in all with ${named(node, nodeId)}: it is not opened. Use fewer of them.`,
    severity: 'error',
    path,
    nodeId,
  }
}

function tooDeep(nodeId: string, { node, path }: PlacedNode): Problem {
  return {
    code: 'TOO_DEEP',
    message: `${named(node, nodeId)} is a subgraph ${MAX_DEPTH} levels deep inside of others; it is not opened. Nest them less deeply.`,
    severity: 'error',
    path,
    nodeId,
  }
}

function holdsItself(nodeId: string, { node, path }: PlacedNode): Problem {
  return {
    code: 'CYCLE',
    message: `${named(node, nodeId)} is a subgraph inside of itself. Remove it from its own inside.`,
    severity: 'error',
    path,
    nodeId,
  }
}

function named(node: PlacedNode['node'], nodeId: string): string {
  return `"${node.title ?? node.type}" (node ${nodeId})`
}
