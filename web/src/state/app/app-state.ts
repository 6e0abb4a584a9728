/** Everything that the page shows, as one immutable value. */
import type { Problem, QueueSnapshot, RunSummary, SavedFile } from '@dicache/protocol'
import { EMPTY_CATALOG } from '../document/catalog.ts'
import type { Catalog } from '../document/catalog.ts'
import type { Doc, Point } from '../document/document.ts'
import type { RunView } from '../run/run-view.ts'

/** One level of undo: the document before, and what merges with it. */
export type Step = { readonly doc: Doc; readonly merge: string | undefined }

/** Where a document is looked at. `fitted`: everything is shown, and nobody has looked elsewhere since. */
export type Camera = { readonly scale: number; readonly offset: Point; readonly fitted?: boolean }

/** An open document. */
export type Tab = {
  readonly id: string
  readonly name: string
  /** The name that it is saved under on the server; none until it is. */
  readonly path: string | undefined
  /** Names what is saved on the server as this document knows it; a save replaces only that. */
  readonly etag: string | undefined
  readonly sync: Sync
  readonly doc: Doc
  readonly savedDoc: Doc | undefined
  readonly past: readonly Step[]
  readonly future: readonly Doc[]
  readonly selection: ReadonlySet<string>
  /** The subgraphs that were opened, outermost first. */
  readonly trail: readonly string[]
  readonly camera: Camera | undefined
  /** The run that is shown on its nodes. */
  readonly runId: string | undefined
  readonly problems: readonly Problem[]
}

/**
 * How a document stands with the server. `waiting`: it could not be saved and is tried again; `conflict`: somebody else
 * has saved it since, and its user has to say which one stays.
 */
export type Sync = 'idle' | 'saving' | 'waiting' | 'conflict'

export type SidePanel = 'workflows' | 'nodes' | 'queue' | 'gallery' | 'node'

/** A sentence that passes by. */
export type Toast = {
  readonly id: number
  readonly tone: 'info' | 'error' | 'success'
  readonly text: string
  readonly jumpTo?: string
}

/** The node-type search; `from` is the socket whose link was dropped. */
export type SearchBox = {
  readonly x: number
  readonly y: number
  readonly at: Point
  readonly from:
    | {
        readonly side: 'input' | 'output'
        readonly type: string
        readonly key: string
        readonly slot: number
      }
    | undefined
  readonly query: string
  readonly index: number
}

export type MenuItem = {
  readonly label: string
  readonly hint?: string
  readonly command: string
  readonly danger?: boolean
}

/** What lies over the page; one at a time. */
export type Overlay =
  | { readonly kind: 'search'; readonly box: SearchBox }
  | { readonly kind: 'menu'; readonly x: number; readonly y: number; readonly items: readonly MenuItem[] }
  | {
      readonly kind: 'value'
      readonly key: string
      readonly param: string
      readonly box: {
        readonly left: number
        readonly top: number
        readonly width: number
        readonly height: number
        readonly scale: number
      }
    }
  | {
      readonly kind: 'rename'
      readonly what: 'node' | 'group' | 'tab' | 'save'
      readonly id: string
      readonly value: string
    }
  | { readonly kind: 'versions'; readonly path: string; readonly versions: readonly WorkflowVersion[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'templates' }
  | {
      readonly kind: 'compare'
      readonly left: SavedFile
      readonly right: SavedFile
      /** What they are called; their file names unless said. */
      readonly names?: readonly [left: string, right: string]
      readonly view: 'slider' | 'difference' | 'side'
    }
  | { readonly kind: 'confirm'; readonly text: string; readonly command: string; readonly label: string }
  | {
      readonly kind: 'delete-run'
      readonly runId: string
      readonly files: readonly string[]
      readonly shared: number
    }

export type SavedWorkflow = { readonly path: string; readonly size: number; readonly modifiedMs: number }
/** A kept version of a saved workflow: saved by its user, or by the editor. */
export type WorkflowVersion = {
  readonly id: string
  readonly kind: 'saved' | 'autosave'
  readonly savedAtMs: number
}
export type Template = {
  readonly file: string
  readonly title: string
  readonly description: string
  readonly nodes: number
}

export type AppState = {
  readonly catalog: Catalog
  readonly catalogStatus: 'loading' | 'ready' | 'failed'
  readonly link: 'connecting' | 'online' | 'offline'
  readonly tabs: readonly Tab[]
  readonly active: string
  readonly runs: ReadonlyMap<string, RunView>
  readonly queue: QueueSnapshot | undefined
  readonly history: readonly RunSummary[]
  readonly historyStatus: 'idle' | 'loading' | 'ready' | 'failed'
  readonly workflows: readonly SavedWorkflow[]
  readonly workflowsStatus: 'idle' | 'loading' | 'ready' | 'failed'
  readonly templates: readonly Template[]
  readonly recent: readonly string[]
  readonly side: SidePanel | undefined
  readonly dock: boolean
  readonly overlay: Overlay | undefined
  readonly toasts: readonly Toast[]
  readonly theme: 'dark' | 'light'
  /** Whether saved documents are saved again by themselves. */
  readonly autosave: boolean
  readonly batch: number
  readonly nodeQuery: string
  /** Pictures that were chosen for a comparison. */
  readonly picked: readonly SavedFile[]
}

export const INITIAL_STATE: AppState = {
  catalog: EMPTY_CATALOG,
  catalogStatus: 'loading',
  link: 'connecting',
  tabs: [],
  active: '',
  runs: new Map(),
  queue: undefined,
  history: [],
  historyStatus: 'idle',
  workflows: [],
  workflowsStatus: 'idle',
  templates: [],
  recent: [],
  side: undefined,
  dock: false,
  overlay: undefined,
  toasts: [],
  theme: 'dark',
  autosave: true,
  batch: 1,
  nodeQuery: '',
  picked: [],
}

/** A document that is opened for the first time. */
export function newTab(
  id: string,
  name: string,
  doc: Doc,
  saved?: { readonly path: string; readonly etag: string | undefined },
): Tab {
  return {
    id,
    name,
    path: saved?.path,
    etag: saved?.etag,
    sync: 'idle',
    doc,
    savedDoc: saved === undefined ? undefined : doc,
    past: [],
    future: [],
    selection: new Set(),
    trail: [],
    camera: undefined,
    runId: undefined,
    problems: [],
  }
}

export function activeTab(state: AppState): Tab | undefined {
  return state.tabs.find(({ id }) => id === state.active)
}

/** The run that the active document shows. */
export function shownRun(state: AppState): RunView | undefined {
  const id = activeTab(state)?.runId
  return id === undefined ? undefined : state.runs.get(id)
}

/** Whether a document differs from what is saved. */
export function isDirty({ doc, savedDoc, past }: Tab): boolean {
  return savedDoc === undefined ? past.length > 0 : doc !== savedDoc
}
