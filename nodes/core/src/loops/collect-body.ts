/** The part of a running graph that a loop repeats: what lies between its open and its close node. */
import { NodeLink, type RunningNode } from '@dicache/sdk'

/** What an input of a body's node holds. */
export type BodyInput =
  | { readonly kind: 'variable'; readonly slot: number }
  | { readonly kind: 'inner'; readonly name: string; readonly slot: number }
  | { readonly kind: 'outer'; readonly link: NodeLink }
  | { readonly kind: 'value'; readonly value: unknown }

/** A node that is repeated. */
export type BodyNode = {
  readonly name: string
  readonly type: string
  readonly displayId: string
  readonly inputs: Readonly<Record<string, BodyInput>>
}

/** What a loop repeats. */
export type LoopBody = {
  readonly nodes: readonly BodyNode[]
  /** What comes out at each wanted link. */
  readonly ends: readonly (BodyInput | undefined)[]
  /** Links to nodes outside that the body uses. */
  readonly outer: readonly NodeLink[]
}

/**
 * Collects the nodes that depend on `open` and lead to `ends`. Everything else is outside and computed once.
 * @param open - the id of the loop's open node; its outputs are the loop's variables
 */
export function collectBody(
  nodeOf: (id: string) => RunningNode | undefined,
  open: string,
  ends: readonly (NodeLink | undefined)[],
): LoopBody {
  const found = new Map<string, RunningNode>()
  const order = new Set<string>()
  const waiting = ends.flatMap((link) => (link === undefined ? [] : [link.node]))
  // Depth first without recursion: a node is put in order when it is met for the second time, after its sources.
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) {
      order.add(id)
      continue
    }
    const node = id === open ? undefined : nodeOf(id)
    if (node === undefined) continue
    found.set(id, node)
    waiting.push(id)
    for (const { node: source } of linksOf(node)) if (!found.has(source)) waiting.push(source)
  }
  const names = new Map<string, string>()
  for (const id of order) {
    const node = found.get(id)
    if (node !== undefined && linksOf(node).some((link) => link.node === open || names.has(link.node)))
      names.set(id, `n${names.size}`)
  }
  const inputOf = (value: unknown): BodyInput => {
    if (!(value instanceof NodeLink)) return { kind: 'value', value }
    if (value.node === open) return { kind: 'variable', slot: value.slot }
    const name = names.get(value.node)
    return name === undefined ? { kind: 'outer', link: value } : { kind: 'inner', name, slot: value.slot }
  }
  const nodes = [...names].flatMap(([id, name]): BodyNode[] => {
    const node = found.get(id)
    if (node === undefined) return []
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([key, value]) => [key, inputOf(value)]),
    )
    return [{ name, type: node.type, displayId: node.displayId, inputs }]
  })
  const endInputs = ends.map((link) => (link === undefined ? undefined : inputOf(link)))
  const all = [...nodes.flatMap(({ inputs }) => Object.values(inputs)), ...endInputs]
  const outer = new Map(
    all.flatMap((input) =>
      input?.kind === 'outer' ? [[`${input.link.node} ${input.link.slot}`, input.link] as const] : [],
    ),
  )
  return { nodes, ends: endInputs, outer: [...outer.values()] }
}

function linksOf(node: RunningNode): readonly NodeLink[] {
  return Object.values(node.inputs).filter((value) => value instanceof NodeLink)
}
