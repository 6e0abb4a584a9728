/** What happens to documents: opening, editing, undo, choosing. */
import type { Doc } from '../document/document.ts'
import { graphAt } from '../document/document.ts'
import type { Action } from './actions.ts'
import type { AppState, Tab } from './app-state.ts'
import { activeTab } from './app-state.ts'

const MAX_STEPS = 200
const MAX_RECENT = 12

/** Changes the tab that is shown. */
export function mapActive(state: AppState, change: (tab: Tab) => Tab): AppState {
  const tab = activeTab(state)
  if (tab === undefined) return state
  const changed = change(tab)
  return changed === tab ? state : mapTab(state, tab.id, () => changed)
}

export function mapTab(state: AppState, id: string, change: (tab: Tab) => Tab): AppState {
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? change(tab) : tab)) }
}

export function openTab(state: AppState, tab: Tab): AppState {
  const recent = tab.path === undefined ? state.recent : withRecent(state.recent, tab.path)
  return { ...state, tabs: [...state.tabs, tab], active: tab.id, overlay: undefined, recent }
}

export function withRecent(recent: readonly string[], path: string): readonly string[] {
  return [path, ...recent.filter((known) => known !== path)].slice(0, MAX_RECENT)
}

export function closeTab(state: AppState, id: string): AppState {
  const at = state.tabs.findIndex((tab) => tab.id === id)
  const tabs = state.tabs.filter((tab) => tab.id !== id)
  const active = state.active === id ? (tabs[Math.min(at, tabs.length - 1)]?.id ?? '') : state.active
  return { ...state, tabs, active }
}

/** Makes an edit; one that changes nothing leaves no step. Problems of changed nodes are old news. */
export function editTab(tab: Tab, { edit, merge, select }: Extract<Action, { type: 'doc.edited' }>): Tab {
  const doc = edit(tab.doc, tab.trail.at(-1))
  const selection = select === undefined ? tab.selection : new Set(select)
  if (doc === tab.doc) return selection === tab.selection ? tab : { ...tab, selection }
  const last = tab.past.at(-1)
  const merged = merge !== undefined && last?.merge === merge
  const past = merged ? tab.past : [...tab.past, { doc: tab.doc, merge }].slice(-MAX_STEPS)
  // A gesture that ends where it began is none.
  const back = merged && sameDoc(last.doc, doc)
  return settle({
    ...tab,
    doc: back ? last.doc : doc,
    past: back ? tab.past.slice(0, -1) : past,
    future: [],
    selection,
    problems: tab.problems.filter(({ nodeId }) => nodeId !== undefined && sameNode(tab, doc, nodeId)),
  })
}

function sameDoc(a: Doc, b: Doc): boolean {
  return (
    a.subgraphs === b.subgraphs &&
    a.root.links === b.root.links &&
    a.root.nodes === b.root.nodes &&
    a.root.groups === b.root.groups
  )
}

function sameNode(tab: Tab, doc: Doc, nodeId: string): boolean {
  return tab.doc.root.nodes.get(nodeId) === doc.root.nodes.get(nodeId)
}

export function undoTab(tab: Tab): Tab {
  const step = tab.past.at(-1)
  if (step === undefined) return tab
  return settle({
    ...tab,
    doc: step.doc,
    past: tab.past.slice(0, -1),
    future: [tab.doc, ...tab.future],
    problems: [],
  })
}

export function redoTab(tab: Tab): Tab {
  const [doc, ...future] = tab.future
  if (doc === undefined) return tab
  return settle({
    ...tab,
    doc,
    future,
    past: [...tab.past, { doc: tab.doc, merge: undefined }],
    problems: [],
  })
}

/** The document as it was saved meanwhile, as one step of undo. */
export function reloadTab(tab: Tab, { doc, etag }: { readonly doc: Doc; readonly etag: string }): Tab {
  const edited = editTab(tab, { type: 'doc.edited', edit: () => doc })
  return { ...edited, etag, savedDoc: edited.doc, sync: 'idle' }
}

/** Choice and open subgraphs can only be of what is there. */
function settle(tab: Tab): Tab {
  const trail = tab.trail.filter((id) => tab.doc.subgraphs.has(id))
  const { nodes } = graphAt(tab.doc, trail.at(-1))
  const gone = [...tab.selection].some((key) => !nodes.has(key))
  return {
    ...tab,
    trail: trail.length === tab.trail.length ? tab.trail : trail,
    selection: gone ? new Set([...tab.selection].filter((key) => nodes.has(key))) : tab.selection,
  }
}

export function selectIn(tab: Tab, { keys, how }: Extract<Action, { type: 'selected' }>): Tab {
  if (how === 'replace') {
    const same = keys.length === tab.selection.size && keys.every((key) => tab.selection.has(key))
    return same ? tab : { ...tab, selection: new Set(keys) }
  }
  const selection = new Set(tab.selection)
  for (const key of keys) {
    if (how === 'toggle' && selection.has(key)) selection.delete(key)
    else selection.add(key)
  }
  return { ...tab, selection }
}
