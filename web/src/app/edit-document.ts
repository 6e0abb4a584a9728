/** Shorthands for changing the graph that is shown. */
import type { JsonValue } from '@dicache/protocol'
import { activeTab } from '../state/app/app-state.ts'
import type { Tab } from '../state/app/app-state.ts'
import type { Graph } from '../state/document/document.ts'
import { graphAt, withGraph } from '../state/document/document.ts'
import { setValue } from '../state/edit/edit-nodes.ts'
import type { Context } from './context.ts'

type EditOptions = { readonly merge?: string | undefined; readonly select?: readonly string[] }

/** Changes the shown graph as one step of undo; edits with the same `merge` are one step together. */
export function editGraph(
  { store }: Pick<Context, 'store'>,
  change: (graph: Graph) => Graph,
  options: EditOptions = {},
): void {
  store.dispatch({
    type: 'doc.edited',
    edit: (doc, subgraph) => withGraph(doc, subgraph, change(graphAt(doc, subgraph))),
    ...(options.merge !== undefined && { merge: options.merge }),
    ...(options.select !== undefined && { select: options.select }),
  })
}

/** Sets a setting of a node. */
export function editValue(
  context: Pick<Context, 'store'>,
  {
    key,
    name,
    value,
    merge,
  }: { readonly key: string; readonly name: string; readonly value: JsonValue; readonly merge?: string },
): void {
  const { catalog } = context.store.state()
  editGraph(context, (graph) => setValue(graph, key, { name, value, catalog }), { merge })
}

/** The document and graph that are shown. */
export function shown({
  store,
}: Pick<Context, 'store'>): { readonly tab: Tab; readonly graph: Graph } | undefined {
  const tab = activeTab(store.state())
  return tab && { tab, graph: graphAt(tab.doc, tab.trail.at(-1)) }
}

/** The keys of the chosen nodes. */
export function chosen(context: Pick<Context, 'store'>): ReadonlySet<string> {
  return shown(context)?.tab.selection ?? new Set()
}
