/** Saves documents by itself: a moment after the last change, a minute after the first at the latest, and when the server is back. */
import { isDirty } from '../state/app/app-state.ts'
import type { AppState, Tab } from '../state/app/app-state.ts'
import type { Doc } from '../state/document/document.ts'
import type { Saver } from './saver.ts'
import type { Store } from './store.ts'

const QUIET_MS = 5000
const AT_LATEST_MS = 60_000
const MAX_RETRY_MS = 60_000

type Watch = {
  doc: Doc
  /** When the first change came that is not saved. */
  sinceMs: number
  retryMs: number
  timer: ReturnType<typeof setTimeout> | undefined
}

export type AutosaveOptions = {
  readonly store: Store
  readonly save: Saver
  /** Somebody else has saved the document: it is left alone until its user has decided. */
  readonly onConflict: (tab: Tab) => void
  /** A save did not succeed, and is tried again. */
  readonly onFault: (tab: Tab, error: unknown) => void
}

/** Begins to watch. Documents without a name on the server are left to the drafts of the browser. */
export function startAutosave({ store, save, onConflict, onFault }: AutosaveOptions): void {
  const watches = new Map<string, Watch>()

  const rest = (id: string): void => {
    clearTimeout(watches.get(id)?.timer)
    watches.delete(id)
  }
  const wait = (id: string, watch: Watch, ms: number): void => {
    clearTimeout(watch.timer)
    watch.timer = setTimeout(() => void attempt(id), ms)
  }
  const attempt = async (id: string): Promise<void> => {
    const watch = watches.get(id)
    const tab = store.state().tabs.find((one) => one.id === id)
    if (watch === undefined || tab?.path === undefined) return
    watch.timer = undefined
    watch.sinceMs = Date.now()
    try {
      const outcome = await save(id, { path: tab.path, kind: 'autosave' })
      if (outcome === 'changed') onConflict(tab)
      if (outcome === 'saved') watch.retryMs = QUIET_MS
    } catch (error) {
      onFault(tab, error)
      // It is tried again, less and less often, and at once when the server is back.
      if (watches.get(id) === watch) wait(id, watch, watch.retryMs)
      watch.retryMs = Math.min(MAX_RETRY_MS, watch.retryMs * 2)
    }
  }
  const look = (tab: Tab): void => {
    const { id, doc } = tab
    const watch = watches.get(id) ?? { doc, sinceMs: Date.now(), retryMs: QUIET_MS, timer: undefined }
    if (watches.has(id) && watch.doc === doc) return
    watches.set(id, watch)
    watch.doc = doc
    wait(id, watch, Math.max(0, Math.min(QUIET_MS, watch.sinceMs + AT_LATEST_MS - Date.now())))
  }
  const lookAtAll = (state: AppState, before?: AppState): void => {
    for (const tab of state.tabs) {
      if (isDue(state, tab)) look(tab)
      else if (tab.sync !== 'saving') rest(tab.id)
      const isBack = state.link === 'online' && before !== undefined && before.link !== 'online'
      const watch = watches.get(tab.id)
      if (isBack && tab.sync === 'waiting' && watch !== undefined) wait(tab.id, watch, 0)
    }
    for (const id of watches.keys()) if (!state.tabs.some((tab) => tab.id === id)) rest(id)
  }
  store.follow((state, before) => {
    if (state.tabs !== before.tabs || state.autosave !== before.autosave || state.link !== before.link)
      lookAtAll(state, before)
  })
  lookAtAll(store.state())
}

function isDue({ autosave }: AppState, tab: Tab): boolean {
  return (
    autosave && tab.path !== undefined && tab.etag !== undefined && tab.sync !== 'conflict' && isDirty(tab)
  )
}
