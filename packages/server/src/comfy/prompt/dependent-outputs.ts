/** Which outputs a faulty node keeps from running. */

type Nodes = {
  readonly nodes: ReadonlyMap<
    string,
    {
      readonly type: string
      readonly inputs: ReadonlyMap<string, { readonly kind: string; readonly from?: string }>
    }
  >
}

/** Looking further than this would let a hostile document cost seconds; lists of outputs end early then. */
const MAX_STEPS = 2_000_000

/** For each of the nodes the outputs that depend on it, itself included where it is one. */
export function dependentOutputs(
  graph: Nodes,
  ids: Iterable<string>,
  isOutput: (type: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>()
  for (const [id, node] of graph.nodes) {
    for (const input of node.inputs.values()) {
      if (input.kind !== 'link' || input.from === undefined) continue
      const list = users.get(input.from)
      if (list === undefined) users.set(input.from, [id])
      else list.push(id)
    }
  }
  let steps = 0
  const found = new Map<string, readonly string[]>()
  for (const start of ids) {
    const seen = new Set([start])
    const outputs: string[] = []
    for (const id of seen) {
      if (++steps > MAX_STEPS) break
      if (isOutput(graph.nodes.get(id)?.type ?? '')) outputs.push(id)
      for (const user of users.get(id) ?? []) seen.add(user)
    }
    found.set(start, outputs)
  }
  return found
}
