/** Saves documents on the server, one save of a document after the other, so that each knows what it replaces. */
import type { Replaces, Written } from '../server/workflows.ts'
import { isDirty } from '../state/app/app-state.ts'
import type { Tab, WorkflowVersion } from '../state/app/app-state.ts'
import { documentText } from './document-text.ts'
import type { Store } from './store.ts'

/** Where and how to save. */
export type Save = {
  readonly path: string
  readonly kind: WorkflowVersion['kind']
  /** Replace whatever has the name. @defaultValue false */
  readonly overwrite?: boolean
}

/** How a save ended: `taken`, another workflow has the name; `changed`, somebody else saved it; `gone`, the tab is closed. */
export type SaveOutcome = Written['outcome'] | 'gone'

/** What saving needs of the server; throws what a user can be told. */
export type Write = (
  path: string,
  text: string,
  how: { readonly replaces: Replaces; readonly kind: Save['kind'] },
) => Promise<Written>

export type Saver = (tabId: string, save: Save) => Promise<SaveOutcome>

/** Makes the saver. What it throws is what `write` throws; the document is then as it was, and `waiting`. */
export function createSaver(store: Store, write: Write): Saver {
  const last = new Map<string, Promise<unknown>>()
  const tabOf = (id: string): Tab | undefined => store.state().tabs.find((tab) => tab.id === id)

  async function saveNow(id: string, { path, kind, overwrite = false }: Save): Promise<SaveOutcome> {
    const tab = tabOf(id)
    if (tab === undefined) return 'gone'
    if (kind === 'autosave' && (tab.path !== path || !isDirty(tab))) return 'saved'
    const { doc } = tab
    store.dispatch({ type: 'tab.synced', id, sync: 'saving' })
    try {
      const written = await write(path, documentText(doc), {
        replaces: replacedBy(tab, path, overwrite),
        kind,
      })
      if (written.outcome === 'saved')
        store.dispatch({ type: 'tab.saved', id, path, etag: written.etag, doc })
      else
        store.dispatch({
          type: 'tab.synced',
          id,
          sync: written.outcome === 'changed' ? 'conflict' : tab.sync,
        })
      return written.outcome
    } catch (error) {
      store.dispatch({ type: 'tab.synced', id, sync: tab.path === undefined ? 'idle' : 'waiting' })
      throw error
    }
  }
  return function save(tabId, wish) {
    const turn = (last.get(tabId) ?? Promise.resolve()).then(
      () => saveNow(tabId, wish),
      () => saveNow(tabId, wish),
    )
    last.set(tabId, turn)
    const forget = (): void => {
      if (last.get(tabId) === turn) last.delete(tabId)
    }
    turn.then(forget, forget)
    return turn
  }
}

function replacedBy({ path: own, etag }: Tab, path: string, overwrite: boolean): Replaces {
  if (overwrite) return 'anything'
  return own === path && etag !== undefined ? { etag } : 'nothing'
}
