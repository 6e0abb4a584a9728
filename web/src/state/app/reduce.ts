/** The one function that changes what the page shows. Pure: the same state and action give the same state. */
import type { Action } from './actions.ts'
import type { AppState } from './app-state.ts'
import { applyEvents, applyPreview, changeHistory, changeQueue, mapRun } from './reduce-runs.ts'
import {
  closeTab,
  editTab,
  mapActive,
  mapTab,
  openTab,
  redoTab,
  reloadTab,
  selectIn,
  undoTab,
  withRecent,
} from './reduce-tabs.ts'

const MAX_TOASTS = 4

/** The state after an action. */
export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case 'catalog.loaded':
      return { ...state, catalog: action.catalog, catalogStatus: 'ready' }
    case 'catalog.failed':
      return { ...state, catalogStatus: state.catalogStatus === 'ready' ? 'ready' : 'failed' }
    case 'link.changed':
      return state.link === action.link ? state : { ...state, link: action.link }
    case 'tab.opened':
      return openTab(state, action.tab)
    case 'tab.closed':
      return closeTab(state, action.id)
    case 'tab.chosen':
      return { ...state, active: action.id, overlay: undefined }
    case 'tab.renamed':
      return mapTab(state, action.id, (tab) => ({ ...tab, name: action.name }))
    case 'tab.saved':
      return {
        ...mapTab(state, action.id, (tab) => ({
          ...tab,
          path: action.path,
          etag: action.etag,
          sync: 'idle',
          // A document that has a name of its own on its tab keeps it while it is saved in the same place.
          name: tab.path === action.path ? tab.name : nameOf(action.path),
          savedDoc: action.doc,
        })),
        recent: withRecent(state.recent, action.path),
      }
    case 'tab.synced':
      return mapTab(state, action.id, (tab) =>
        tab.sync === action.sync ? tab : { ...tab, sync: action.sync },
      )
    case 'tab.reloaded':
      return mapTab(state, action.id, (tab) => reloadTab(tab, action))
    case 'doc.edited':
      return mapActive(state, (tab) => editTab(tab, action))
    case 'doc.undone':
      return mapActive(state, undoTab)
    case 'doc.redone':
      return mapActive(state, redoTab)
    case 'selected':
      return mapActive(state, (tab) => selectIn(tab, action))
    case 'subgraph.opened':
      return mapActive(state, (tab) =>
        tab.doc.subgraphs.has(action.id) && !tab.trail.includes(action.id)
          ? { ...tab, trail: [...tab.trail, action.id], selection: new Set(), camera: undefined }
          : tab,
      )
    case 'subgraph.closed':
      return mapActive(state, (tab) => ({
        ...tab,
        trail: tab.trail.slice(0, action.depth),
        selection: new Set(),
        camera: undefined,
      }))
    case 'camera.moved':
      return mapActive(state, (tab) => ({ ...tab, camera: action.camera }))
    case 'run.submitted':
      return mapRun(
        mapTab(state, action.tabId, (tab) => ({ ...tab, runId: action.runId, problems: action.problems })),
        action.runId,
        (run) => run,
      )
    case 'run.refused':
      return mapTab(state, action.tabId, (tab) => ({ ...tab, problems: action.problems }))
    case 'run.shown':
      return mapActive(state, (tab) => ({ ...tab, runId: action.runId, problems: [] }))
    case 'run.events':
      return applyEvents(state, action)
    case 'run.previewed':
      return applyPreview(state, action)
    case 'run.state':
      return mapRun(state, action.runId, (run) =>
        run.status === action.status ? run : { ...run, status: action.status },
      )
    case 'queue.snapshot':
      return { ...state, queue: action.queue }
    case 'queue.changed': {
      const queue = state.queue && changeQueue(state.queue, action.change)
      return { ...state, queue, history: changeHistory(state.history, action.change) }
    }
    case 'history.loaded':
      return { ...state, history: action.runs, historyStatus: 'ready' }
    case 'history.status':
      return { ...state, historyStatus: action.status }
    case 'workflows.loaded':
      return { ...state, workflows: action.workflows, workflowsStatus: 'ready' }
    case 'workflows.status':
      return { ...state, workflowsStatus: action.status }
    case 'templates.loaded':
      return { ...state, templates: action.templates }
    case 'side.toggled':
      return { ...state, side: (action.open ?? state.side !== action.panel) ? action.panel : undefined }
    case 'dock.toggled':
      return { ...state, dock: action.open ?? !state.dock }
    case 'overlay':
      return { ...state, overlay: action.overlay }
    case 'toast':
      return {
        ...state,
        toasts: [...state.toasts.filter(({ text }) => text !== action.toast.text), action.toast].slice(
          -MAX_TOASTS,
        ),
      }
    case 'toast.gone':
      return { ...state, toasts: state.toasts.filter(({ id }) => id !== action.id) }
    case 'theme':
      return { ...state, theme: action.theme }
    case 'autosave':
      return { ...state, autosave: action.on }
    case 'batch':
      return { ...state, batch: Math.min(100, Math.max(1, Math.round(action.batch) || 1)) }
    case 'node.query':
      return { ...state, nodeQuery: action.query }
    case 'picked': {
      if (action.file === undefined) return { ...state, picked: [] }
      const key = JSON.stringify(action.file)
      const has = state.picked.some((file) => JSON.stringify(file) === key)
      const picked = has
        ? state.picked.filter((file) => JSON.stringify(file) !== key)
        : [...state.picked, action.file].slice(-2)
      return { ...state, picked }
    }
  }
}

/** `workflows/cats/fox.json` is called `fox`. */
export function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.json$/i, '')
}
