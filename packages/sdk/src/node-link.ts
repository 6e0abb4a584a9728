/** A link as a value: what a `rawLink` input receives, and what the inputs of an expansion may be. */
export class NodeLink {
  readonly node: string
  readonly slot: number
  /** Where `node` is looked up: among the nodes of the same expansion, or in the graph that runs. */
  readonly scope: 'expansion' | 'graph'

  constructor(node: string, slot: number, scope: 'expansion' | 'graph') {
    this.node = node
    this.slot = slot
    this.scope = scope
  }
}
