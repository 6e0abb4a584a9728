/** Plans a run: the nodes that the targets depend on, in an order, each with its cache key (SPEC P-1 … P-4). */
import { HostError } from '@dicache/protocol'
import { sourcesOf } from '../graph.ts'
import type { Graph, GraphNode } from '../graph.ts'
import type { NodeType, Registry } from '../registry.ts'
import { walkGraph } from '../walk-graph.ts'
import { nodeKey } from './cache-key.ts'
import type { SourceKey, WorldState } from './cache-key.ts'
import { createHasher } from './sha256.ts'
import type { Hasher } from './sha256.ts'

/** A node that a run may need. */
export type PlanNode = SourceKey & {
  readonly id: string
  /** The node at which events show it. */
  readonly displayId: string
  readonly node: GraphNode
  readonly type: NodeType
  /** The key of the node of the plan that this one stands in for: its own, unless an expansion made it. */
  readonly owner: string
  /** The node whose expansion made this one. */
  readonly parentId?: string
  /** Who goes first among ready nodes: 0 outputs and concurrent nodes, 1 and 2 the nodes before an output, 3 the rest. */
  readonly urgency: 0 | 1 | 2 | 3
  /** Breaks ties: depth first, so that one branch ends before the next begins. */
  readonly rank: number
}

/** What a run will do. */
export type Plan = {
  /** Sources before those that use them. */
  readonly nodes: ReadonlyMap<string, PlanNode>
  readonly targets: readonly string[]
}

/** How to plan. */
export type PlanOptions = {
  readonly targets: readonly string[]
  /** Names the run, for the keys of results that fit no other run. */
  readonly runId: string
  /** @defaultValue no node depends on the world */
  readonly world?: ReadonlyMap<string, WorldState>
  /** @defaultValue one of its own */
  readonly hash?: Hasher
}

/**
 * Plans a run over a validated graph.
 * @throws CYCLE or UNKNOWN_NODE_TYPE when the graph was not validated.
 */
export function planRun(graph: Graph, registry: Registry, options: PlanOptions): Plan {
  const { order, cycles } = walkGraph(options.targets, (id) => {
    const node = graph.nodes.get(id)
    return node && sourcesOf(node)
  })
  const [cycle] = cycles
  if (cycle !== undefined) throw new HostError('CYCLE', `The nodes ${cycle.join(' ← ')} wait for each other.`)

  const nodes = new Map<string, PlanNode>()
  const { hash = createHasher() } = options
  const urgency = urgencies(graph, registry, order)
  for (const [rank, id] of order.entries()) {
    const node = graph.nodes.get(id)
    const type = node && registry.get(node.type)
    if (node === undefined || type === undefined) {
      throw new HostError('UNKNOWN_NODE_TYPE', `Node ${id} is of an unknown type.`, { nodeId: id })
    }
    const key = nodeKey(node, type, {
      sourceKey: (source) => nodes.get(source),
      world: options.world?.get(id),
      runId: options.runId,
      hash,
    })
    const near = urgency.get(id) ?? 3
    nodes.set(id, { ...key, owner: key.key, id, displayId: id, node, type, rank, urgency: near })
  }
  return { nodes, targets: options.targets }
}

function urgencies(
  graph: Graph,
  registry: Registry,
  order: readonly string[],
): ReadonlyMap<string, 0 | 1 | 2> {
  const found = new Map<string, 0 | 1 | 2>()
  const manifestOf = (id: string) => registry.get(graph.nodes.get(id)?.type ?? '')?.manifest
  let level = order.filter((id) => manifestOf(id)?.output)
  for (const id of level) found.set(id, 0)
  for (const near of [1, 2] as const) {
    level = level.flatMap((id) => {
      const node = graph.nodes.get(id)
      return node === undefined ? [] : sourcesOf(node).filter((source) => !found.has(source))
    })
    for (const id of level) found.set(id, near)
  }
  for (const id of order) if (manifestOf(id)?.concurrent) found.set(id, 0)
  return found
}
