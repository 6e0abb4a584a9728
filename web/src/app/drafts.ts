/** Keeps open documents in the browser, so that a closed page or a crash loses nothing. */
import { isJsonObject, parseJson } from '@dicache/protocol'
import type { JsonValue } from '@dicache/protocol'
import { isDirty, newTab } from '../state/app/app-state.ts'
import type { AppState, Tab } from '../state/app/app-state.ts'
import { EMPTY_CATALOG } from '../state/document/catalog.ts'
import { EMPTY_DOC } from '../state/document/document.ts'
import { openText } from '../state/document/open-document.ts'
import { listAt, textAt } from '../state/document/read-values.ts'
import { documentText } from './documents.ts'
import type { Store } from './store.ts'

const KEY = 'dicache-editor-1'
/** Browsers keep about 5 MB; a document that is larger is not kept. */
const MAX_CHARS = 1_500_000
const WAIT_MS = 400

/** What was kept the last time. */
export function restoreDrafts(): Partial<AppState> {
  const kept = read()
  if (kept === undefined) return {}
  const tabs = listAt(kept, 'tabs').flatMap((item) => restoreTab(item))
  const active = tabs.find(({ id }) => id === textAt(kept, 'active')) ?? tabs[0]
  return {
    tabs,
    active: active?.id ?? '',
    recent: listAt(kept, 'recent').filter((path) => typeof path === 'string'),
    theme: textAt(kept, 'theme') === 'light' ? 'light' : 'dark',
  }
}

function restoreTab(item: JsonValue): Tab[] {
  const text = textAtFull(item, 'text')
  const id = textAt(item, 'id')
  const opened = text === undefined ? undefined : openText(text, EMPTY_CATALOG)
  if (opened?.ok !== true || id === undefined) return []
  const path = textAt(item, 'path')
  const tab = newTab(id, textAt(item, 'name') ?? 'Untitled', opened.doc, path)
  const dirty = isJsonObject(item) && item['dirty'] === true
  const runId = textAt(item, 'runId')
  return [{ ...tab, savedDoc: dirty ? EMPTY_DOC : tab.savedDoc, runId }]
}

/** Documents are longer than the names that `textAt` is for. */
function textAtFull(item: JsonValue, key: string): string | undefined {
  const value = isJsonObject(item) ? item[key] : undefined
  return typeof value === 'string' ? value : undefined
}

function read(): JsonValue | undefined {
  try {
    const text = localStorage.getItem(KEY)
    return text === null ? undefined : parseJson(text)
  } catch {
    // A browser that forbids storage, or a damaged entry: the editor starts afresh.
    return undefined
  }
}

/** Keeps documents from now on, a moment after each change. `tell` hears what is not kept, once for each reason. */
export function keepDrafts(store: Store, tell: (fault: string) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const texts = new WeakMap<object, string>()
  const told = new Set<string>()
  const tellOnce = (fault: string): void => {
    if (!told.has(fault)) tell(fault)
    told.add(fault)
  }
  const write = (): void => {
    timer = undefined
    const { tabs, active, recent, theme } = store.state()
    const list = tabs.flatMap((tab) => {
      const text = texts.get(tab.doc) ?? documentText(tab.doc)
      texts.set(tab.doc, text)
      const { id, name, path, runId } = tab
      if (text.length <= MAX_CHARS) return [{ id, name, path, runId, text, dirty: isDirty(tab) }]
      tellOnce(
        `“${name.slice(0, 80)}” is too large to be kept in the browser. Save it, so that it is not lost.`,
      )
      return []
    })
    try {
      localStorage.setItem(KEY, JSON.stringify({ tabs: list, active, recent, theme }))
    } catch {
      // Full or forbidden. What was kept before stays; the documents are still open, and saving works.
      tellOnce('The browser has no room left for drafts. Save your documents, so that they are not lost.')
    }
  }
  store.follow((state, before) => {
    if (state.tabs === before.tabs && state.theme === before.theme && state.active === before.active) return
    timer ??= setTimeout(write, WAIT_MS)
  })
  window.addEventListener('pagehide', () => {
    clearTimeout(timer)
    write()
  })
}
