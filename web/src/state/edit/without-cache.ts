/** The same workflow with its step caches switched off, which computes every step. */
import type { NodeManifest } from '@dicache/protocol'
import type { Catalog } from '../document/catalog.ts'
import type { Doc, Graph } from '../document/document.ts'
import { widgetValue } from '../document/widgets.ts'
import { setValue } from './edit-nodes.ts'

const SWITCH = 'enabled'

/** Switches off, in subgraphs too; the same document where there is nothing to switch off. */
export function withoutCache(doc: Doc, catalog: Catalog): Doc {
  const root = switchOff(doc.root, catalog)
  let subgraphs = doc.subgraphs
  for (const [id, subgraph] of doc.subgraphs) {
    const graph = switchOff(subgraph.graph, catalog)
    if (graph !== subgraph.graph) subgraphs = new Map(subgraphs).set(id, { ...subgraph, graph })
  }
  return root === doc.root && subgraphs === doc.subgraphs ? doc : { ...doc, root, subgraphs }
}

function switchOff(graph: Graph, catalog: Catalog): Graph {
  return [...graph.nodes].reduce((changed, [key, node]) => {
    const manifest = catalog.nodes.get(node.type)
    if (manifest === undefined || !isStepCache(manifest)) return changed
    if (widgetValue(node, manifest, SWITCH) === false) return changed
    return setValue(changed, key, { name: SWITCH, value: false, catalog })
  }, graph)
}

/** Step caches are switched by a setting, and are a probe for a sampler, or stand before a model. */
function isStepCache({ params, outputs }: NodeManifest): boolean {
  return (
    params.some(({ kind, name }) => kind === 'boolean' && name === SWITCH) &&
    outputs.some(({ type }) => type === 'PROBE' || type === 'MODEL')
  )
}
