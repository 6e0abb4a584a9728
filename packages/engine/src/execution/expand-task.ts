/** Puts the graph that a node returned in the node's place (SPEC X-9). */
import { HostError } from '@dicache/protocol'
import { Expansion, NodeLink } from '@dicache/sdk'
import type { ExpansionNode, HookContext } from '@dicache/sdk'
import { sourcesOf } from '../graph.ts'
import type { GraphInput, GraphNode } from '../graph.ts'
import { createSuggester } from '../near-names.ts'
import { nodeKey } from '../planning/cache-key.ts'
import { collectFingerprints } from '../planning/fingerprints.ts'
import type { PlanNode } from '../planning/plan-run.ts'
import type { Hasher } from '../planning/sha256.ts'
import type { Registry } from '../registry.ts'
import { checkNode } from '../validation/check-node.ts'
import { walkGraph } from '../walk-graph.ts'
import type { CallReturn } from './task.ts'

/** What an expansion needs to know of the run. */
export type ExpandServices = Pick<HookContext, 'host' | 'signal'> & {
  readonly registry: Registry
  readonly keyRunId: string
  readonly hash: Hasher
  readonly planned: (id: string) => PlanNode | undefined
}

/** The nodes that an expansion adds. */
export type Expanded = {
  /** Sources first. */
  readonly nodes: readonly PlanNode[]
  /** The nodes that the outputs link to. */
  readonly sources: readonly string[]
}

/**
 * Plans the nodes of a task's expansions. Their ids are `{node}.{call}.{id}`, `{node}` shortened where it is long.
 * @throws EXPANSION_FAILED when the graph in it cannot run.
 */
export async function expandTask(
  parent: PlanNode,
  returns: readonly CallReturn[],
  services: ExpandServices,
): Promise<Expanded> {
  const { registry, planned, hash } = services
  const problems: string[] = []
  const nodes = new Map<string, { readonly node: GraphNode; readonly displayId: string }>()
  const sources = new Set<string>()
  for (const [call, given] of returns.entries()) {
    if (!(given instanceof Expansion)) continue
    for (const [id, inner] of Object.entries(given.nodes)) {
      const node = innerNode(parent, call, [id, inner], hash)
      const taken = planned(node.id)
      if (taken !== undefined && taken.parentId !== parent.id)
        problems.push(`There is a node ${node.id} already.`)
      nodes.set(node.id, { node, displayId: inner.displayId ?? parent.displayId })
    }
    for (const value of Object.values(given.outputs)) {
      if (value instanceof NodeLink) sources.add(idOf(parent, call, value, hash))
    }
  }
  const getNode = (id: string): GraphNode | undefined => nodes.get(id)?.node ?? planned(id)?.node
  const around = {
    registry,
    getNode,
    choices: new Map<string, readonly string[]>(),
    suggest: createSuggester(),
  }
  const checked = [...nodes.values()].map(({ node }) => checkNode(node, around))
  for (const item of checked) problems.push(...item.problems.map(({ message }) => message))
  for (const id of sources)
    if (getNode(id) === undefined) problems.push(`An output links to node ${id}, which does not exist.`)
  const graph = new Map(checked.map(({ node }) => [node.id, node]))
  const { order, cycles } = walkGraph(graph.keys(), (id) => {
    const node = graph.get(id)
    return node && sourcesOf(node)
  })
  for (const cycle of cycles) problems.push(`The nodes ${cycle.join(' ← ')} wait for each other.`)
  if (problems.length > 0) {
    throw new HostError(
      'EXPANSION_FAILED',
      `The graph it put in its place cannot run. ${problems.slice(0, 5).join(' ')}`,
    )
  }
  const world = await collectFingerprints({ nodes: graph, document: undefined }, order, services)
  const plans = new Map<string, PlanNode>()
  for (const id of order) {
    const node = graph.get(id)
    const type = node && registry.get(node.type)
    if (node === undefined || type === undefined) continue
    const { key, cacheable } = nodeKey(node, type, {
      sourceKey: (source) => plans.get(source) ?? planned(source),
      world: world.get(id),
      runId: services.keyRunId,
      hash: services.hash,
    })
    plans.set(id, {
      id,
      displayId: nodes.get(id)?.displayId ?? parent.displayId,
      node,
      type,
      key,
      cacheable: cacheable && (parent.cacheable || !hasObject(node)),
      owner: parent.owner,
      parentId: parent.id,
      urgency: type.manifest.output || type.manifest.concurrent ? 0 : parent.urgency,
      rank: parent.rank,
    })
  }
  return { nodes: [...plans.values()], sources: [...sources] }
}

/** The id, in the run, of the node that a link of an expansion names. */
export function idOf(parent: PlanNode, call: number, link: NodeLink, hash: Hasher): string {
  return link.scope === 'graph' ? link.node : innerId(parent.id, call, link.node, hash)
}

/** Longer ids are cut: a loop expands again and again, and its ids would grow with every turn. */
const MAX_PARENT_LENGTH = 64
const KEPT_LENGTH = 24

function innerId(parent: string, call: number, id: string, hash: Hasher): string {
  const isShort = parent.length <= MAX_PARENT_LENGTH
  const base = isShort ? parent : `${parent.slice(0, KEPT_LENGTH)}~${hash(parent).slice(0, 16)}`
  return `${base}.${call}.${id}`
}

function innerNode(
  parent: PlanNode,
  call: number,
  [id, inner]: readonly [string, ExpansionNode],
  hash: Hasher,
): GraphNode {
  const inputs = new Map<string, GraphInput>()
  for (const [name, value] of Object.entries(inner.inputs)) {
    const input = innerInput(
      value,
      (link) => idOf(parent, call, link, hash),
      `${parent.key} ${call} ${id} ${name}`,
    )
    if (input !== undefined) inputs.set(name, input)
  }
  return {
    id: innerId(parent.id, call, id, hash),
    type: inner.type,
    title: inner.type,
    inputs,
    path: parent.node.path,
  }
}

/** An input of an expansion. What is no scalar is named by where it came from: equal parents give equal values. */
function innerInput(
  value: unknown,
  idOfLink: (link: NodeLink) => string,
  key: string,
): GraphInput | undefined {
  const path = ''
  if (value instanceof NodeLink) return { kind: 'link', from: idOfLink(value), slot: value.slot, path }
  if (value === null) return { kind: 'value', value, path }
  switch (typeof value) {
    case 'undefined':
      return undefined
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return { kind: 'value', value, path }
    default:
      return { kind: 'object', value, key, path }
  }
}

function hasObject(node: GraphNode): boolean {
  return [...node.inputs.values()].some(({ kind }) => kind === 'object')
}
