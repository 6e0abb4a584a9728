/** What the canvas shows of a state. */
import type { CanvasView } from '../canvas/reconcile.ts'
import { activeTab, shownRun } from '../state/app/app-state.ts'
import type { AppState } from '../state/app/app-state.ts'
import { EMPTY_GRAPH, graphAt } from '../state/document/document.ts'
import type { NodeRun } from '../state/run/run-view.ts'

const NO_NODES: ReadonlyMap<string, NodeRun> = new Map()
const NOTHING: ReadonlySet<string> = new Set()

export function viewOf(state: AppState): CanvasView {
  const tab = activeTab(state)
  const subgraph = tab?.trail.at(-1)
  return {
    graph: tab === undefined ? EMPTY_GRAPH : graphAt(tab.doc, subgraph),
    border: subgraph === undefined ? undefined : tab?.doc.subgraphs.get(subgraph),
    subgraphs: tab?.doc.subgraphs ?? new Map(),
    catalog: state.catalog,
    selection: tab?.selection ?? NOTHING,
    // Events are of the nodes of the root; inside a subgraph there is nothing to show them on.
    nodes: subgraph === undefined ? (shownRun(state)?.nodes ?? NO_NODES) : NO_NODES,
    problems: subgraph === undefined ? (tab?.problems ?? []) : [],
  }
}
