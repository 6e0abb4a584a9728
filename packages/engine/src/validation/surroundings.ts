/** What a node is checked against. */
import type { GraphNode } from '../graph.ts'
import type { Suggest } from '../near-names.ts'
import type { Registry } from '../registry.ts'

/** The rest of the graph, the node types, and what the host lists. */
export type Surroundings = {
  readonly registry: Registry
  readonly getNode: (id: string) => GraphNode | undefined
  /** Lists by source (`models/vae`). Choices of a source that is not listed are not checked. */
  readonly choices: ReadonlyMap<string, readonly string[]>
  readonly suggest: Suggest
}
