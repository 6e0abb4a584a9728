/** Everything that can happen to the page. */
import type { Problem, QueueChange, QueueSnapshot, RunEvent, RunSummary, SavedFile } from '@dicache/protocol'
import type { Catalog } from '../document/catalog.ts'
import type { Doc } from '../document/document.ts'
import type { LivePreview, RunStatus } from '../run/run-view.ts'
import type {
  AppState,
  Camera,
  Overlay,
  SavedWorkflow,
  SidePanel,
  Sync,
  Tab,
  Template,
  Toast,
} from './app-state.ts'

/** A change of a document; pure, so that it may run at any time. */
export type DocEdit = (doc: Doc, subgraph: string | undefined) => Doc

export type Action =
  | { readonly type: 'catalog.loaded'; readonly catalog: Catalog }
  | { readonly type: 'catalog.failed' }
  | { readonly type: 'link.changed'; readonly link: AppState['link'] }
  | { readonly type: 'tab.opened'; readonly tab: Tab }
  | { readonly type: 'tab.closed'; readonly id: string }
  | { readonly type: 'tab.chosen'; readonly id: string }
  | { readonly type: 'tab.renamed'; readonly id: string; readonly name: string }
  | {
      readonly type: 'tab.saved'
      readonly id: string
      readonly path: string
      readonly etag: string
      readonly doc: Doc
    }
  | { readonly type: 'tab.synced'; readonly id: string; readonly sync: Sync }
  /** What is saved was read anew: it takes the place of the document, which undo brings back. */
  | { readonly type: 'tab.reloaded'; readonly id: string; readonly etag: string; readonly doc: Doc }
  | {
      readonly type: 'doc.edited'
      readonly edit: DocEdit
      readonly merge?: string
      readonly select?: readonly string[]
    }
  | { readonly type: 'doc.undone' }
  | { readonly type: 'doc.redone' }
  | {
      readonly type: 'selected'
      readonly keys: readonly string[]
      readonly how: 'replace' | 'add' | 'toggle'
    }
  | { readonly type: 'subgraph.opened'; readonly id: string }
  | { readonly type: 'subgraph.closed'; readonly depth: number }
  | { readonly type: 'camera.moved'; readonly camera: Camera }
  | {
      readonly type: 'run.submitted'
      readonly tabId: string
      readonly runId: string
      readonly problems: readonly Problem[]
    }
  | { readonly type: 'run.refused'; readonly tabId: string; readonly problems: readonly Problem[] }
  | { readonly type: 'run.shown'; readonly runId: string | undefined }
  | { readonly type: 'run.events'; readonly runId: string; readonly events: readonly RunEvent[] }
  | {
      readonly type: 'run.previewed'
      readonly runId: string
      readonly nodeId: string
      readonly preview: LivePreview
    }
  | { readonly type: 'run.state'; readonly runId: string; readonly status: RunStatus }
  | { readonly type: 'queue.snapshot'; readonly queue: QueueSnapshot }
  | { readonly type: 'queue.changed'; readonly change: QueueChange }
  | { readonly type: 'history.loaded'; readonly runs: readonly RunSummary[] }
  | { readonly type: 'history.status'; readonly status: AppState['historyStatus'] }
  | { readonly type: 'workflows.loaded'; readonly workflows: readonly SavedWorkflow[] }
  | { readonly type: 'workflows.status'; readonly status: AppState['workflowsStatus'] }
  | { readonly type: 'templates.loaded'; readonly templates: readonly Template[] }
  | { readonly type: 'side.toggled'; readonly panel: SidePanel; readonly open?: boolean }
  | { readonly type: 'dock.toggled'; readonly open?: boolean }
  | { readonly type: 'overlay'; readonly overlay: Overlay | undefined }
  | { readonly type: 'toast'; readonly toast: Toast }
  | { readonly type: 'toast.gone'; readonly id: number }
  | { readonly type: 'theme'; readonly theme: AppState['theme'] }
  | { readonly type: 'autosave'; readonly on: boolean }
  | { readonly type: 'batch'; readonly batch: number }
  | { readonly type: 'node.query'; readonly query: string }
  | { readonly type: 'picked'; readonly file: SavedFile | undefined }
