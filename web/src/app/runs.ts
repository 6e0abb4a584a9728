/** Queueing, cancelling and following runs. */
import type { Answer, NodeManifest } from '@dicache/protocol'
import { hasControl, stringifyJson } from '@dicache/protocol'
import { activeTab } from '../state/app/app-state.ts'
import type { Tab } from '../state/app/app-state.ts'
import { EMPTY_CATALOG } from '../state/document/catalog.ts'
import type { Catalog } from '../state/document/catalog.ts'
import type { Graph, GraphNode } from '../state/document/document.ts'
import { manifestOf } from '../state/document/manifest-of.ts'
import { afterRun, numeric, setWidget, widgetValue } from '../state/document/widgets.ts'
import { writeDocument } from '../state/document/write-document.ts'
import { mapNodes } from '../state/edit/edit-nodes.ts'
import { nextValue } from '../state/edit/next-seed.ts'
import type { Context } from './context.ts'
import { editGraph } from './edit-document.ts'

/** Queues the active document, as often as the batch says; seeds advance after each. */
export async function runDocument(context: Context, targets?: readonly string[]): Promise<void> {
  const { store } = context
  for (let left = store.state().batch; left > 0; left--) {
    const tab = activeTab(store.state())
    if (tab === undefined || !(await submit(context, tab, targets))) return
    advanceSeeds(context)
  }
}

async function submit(context: Context, tab: Tab, targets: readonly string[] | undefined): Promise<boolean> {
  const { store, link, toast } = context
  const document = stringifyJson(writeDocument(tab.doc))
  const answer = await link.ask('run.submit', {
    document,
    title: tab.name.slice(0, 200),
    partial: true,
    ...(targets !== undefined && { targets: [...targets] }),
  })
  if (!answer.ok) {
    const problems = answer.problems ?? []
    store.dispatch({ type: 'run.refused', tabId: tab.id, problems })
    const first = problems.find(({ severity }) => severity === 'error')
    toast('error', first?.message ?? answer.error.message, first?.nodeId)
    return false
  }
  const { runId, problems } = answer.value
  store.dispatch({ type: 'run.submitted', tabId: tab.id, runId, problems })
  const left = problems.find(({ severity }) => severity === 'error')
  if (left !== undefined) toast('info', `Part of the workflow is left out: ${left.message}`, left.nodeId)
  await follow(context, runId)
  return true
}

/** Asks for the events of a run that are not there yet, and for those that come. */
export async function follow({ link, store }: Context, runId: string): Promise<void> {
  const fromSeq = (store.state().runs.get(runId)?.lastSeq ?? 0) + 1
  const answer = await link.ask('run.subscribe', { runId, fromSeq })
  if (!answer.ok && answer.error.code === 'UNKNOWN_RUN')
    store.dispatch({ type: 'run.state', runId, status: 'cancelled' })
  if (answer.ok && answer.value.status === 'cancelled')
    store.dispatch({ type: 'run.state', runId, status: 'cancelled' })
}

/** After a reconnection: queue, nodes, and every run that had not ended. */
export async function catchUp(context: Context): Promise<void> {
  const { link, store } = context
  const [nodes, queue] = await Promise.all([link.ask('nodes.list', {}), link.ask('queue.watch', {})])
  if (nodes.ok) {
    store.dispatch({ type: 'catalog.loaded', catalog: catalogFrom(nodes.value.nodes, nodes.value.choices) })
  } else store.dispatch({ type: 'catalog.failed' })
  if (queue.ok) store.dispatch({ type: 'queue.snapshot', queue: queue.value })
  for (const { runId, status } of store.state().runs.values()) {
    if (status === 'queued' || status === 'running') await follow(context, runId)
  }
  await loadHistory(context)
}

function catalogFrom(
  nodes: readonly NodeManifest[],
  choices: Readonly<Record<string, readonly string[]>>,
): Catalog {
  const known = [...EMPTY_CATALOG.nodes.values(), ...nodes]
  return { nodes: new Map(known.map((node) => [node.type, node])), sources: new Map(Object.entries(choices)) }
}

export async function cancelRun(context: Context, runId: string): Promise<void> {
  report(context, await context.link.ask('run.cancel', { runId }))
}

export async function loadHistory({ link, store }: Context): Promise<void> {
  if (store.state().historyStatus === 'idle') store.dispatch({ type: 'history.status', status: 'loading' })
  const answer = await link.ask('history.list', { limit: 100 })
  if (answer.ok) store.dispatch({ type: 'history.loaded', runs: answer.value.runs })
  else store.dispatch({ type: 'history.status', status: 'failed' })
}

/** Says what went wrong with a request, if anything did. */
export function report<T>({ toast }: Context, answer: Answer<T>): answer is Extract<Answer<T>, { ok: true }> {
  if (!answer.ok) toast('error', answer.error.message)
  return answer.ok
}

/** Gives seeds their next value, as their controls say; not a step of undo of its own. */
function advanceSeeds(context: Context): void {
  const { catalog } = context.store.state()
  editGraph(
    context,
    (graph) => mapNodes(graph, graph.nodes.keys(), (node) => advance(graph, node, catalog)),
    {
      merge: 'seeds',
    },
  )
}

function advance(graph: Graph, node: GraphNode, catalog: Catalog): GraphNode {
  const manifest = manifestOf(catalog, graph, node)
  if (manifest === undefined) return node
  let next = node
  for (const param of manifest.params) {
    const control = hasControl(param) ? afterRun(node, manifest, param.name) : 'fixed'
    if (control === 'fixed') continue
    const value = nextValue(param, numeric(widgetValue(node, manifest, param.name)), control)
    next = { ...next, widgets: setWidget(next, manifest, { name: param.name, value, catalog }) }
  }
  return next
}
