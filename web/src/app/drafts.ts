/** Keeps open documents and settings in the browser, so that a closed page or a crash loses nothing. */
import { isJsonObject, parseJson } from '@dicache/protocol'
import type { JsonValue } from '@dicache/protocol'
import { isDirty, newTab } from '../state/app/app-state.ts'
import type { AppState, Tab } from '../state/app/app-state.ts'
import { EMPTY_DOC } from '../state/document/document.ts'
import { openDocument } from '../state/document/open-document.ts'
import { listAt, textAt } from '../state/document/read-values.ts'
import { documentText } from './document-text.ts'
import type { Store } from './store.ts'
import type { OwnWindow } from './windows.ts'

const SETTINGS = 'dicache-settings'
const DRAFTS = 'dicache-drafts:'
/** Browsers keep about 5 MB; a document that is larger is not kept. */
const MAX_CHARS = 1_500_000
const WAIT_MS = 400

/** What was kept the last time: by this window, and when it is new, by those that are gone. */
export function restoreDrafts({ id, isNew, isGone }: OwnWindow): Partial<AppState> {
  const settings = read(SETTINGS)
  const others = isNew ? draftKeys().filter((key) => isGone(key.slice(DRAFTS.length))) : []
  const kept = [DRAFTS + id, ...others].flatMap((key) => read(key) ?? [])
  const tabs = new Map(
    kept.flatMap((entry) => listAt(entry, 'tabs').flatMap(restoreTab)).map((tab) => [tab.id, tab]),
  )
  const wanted = kept.map((entry) => textAt(entry, 'active') ?? '').find((tab) => tabs.has(tab))
  // They are this window's from now on.
  if (write(DRAFTS + id, draftOf([...tabs.values()], wanted ?? '')))
    for (const key of others) if (key !== DRAFTS + id) localStorage.removeItem(key)
  return {
    tabs: [...tabs.values()],
    active: wanted ?? [...tabs.keys()][0] ?? '',
    recent: listAt(settings, 'recent').filter((path) => typeof path === 'string'),
    theme: textAt(settings, 'theme') === 'light' ? 'light' : 'dark',
    autosave: !(isJsonObject(settings) && settings['autosave'] === false),
  }
}

function restoreTab(item: JsonValue): Tab[] {
  const text = textAtFull(item, 'text')
  const id = textAt(item, 'id')
  const opened = text === undefined ? undefined : openDocument(text)
  if (opened?.ok !== true || id === undefined) return []
  const path = textAt(item, 'path')
  const saved = path === undefined ? undefined : { path, etag: textAt(item, 'etag') }
  const tab = newTab(id, textAt(item, 'name') ?? 'Untitled', opened.doc, saved)
  const dirty = isJsonObject(item) && item['dirty'] === true
  return [{ ...tab, savedDoc: dirty ? EMPTY_DOC : tab.savedDoc, runId: textAt(item, 'runId') }]
}

/** Documents are longer than the names that `textAt` is for. */
function textAtFull(item: JsonValue, key: string): string | undefined {
  const value = isJsonObject(item) ? item[key] : undefined
  return typeof value === 'string' ? value : undefined
}

/** Keeps documents from now on, a moment after each change. `tell` hears what is not kept, once for each reason. */
export function keepDrafts(store: Store, id: string, tell: (fault: string) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const told = new Set<string>()
  const tellOnce = (fault: string): void => {
    if (!told.has(fault)) tell(fault)
    told.add(fault)
  }
  const keep = (): void => {
    timer = undefined
    const { tabs, active, recent, theme, autosave } = store.state()
    for (const { doc, name } of tabs) {
      if (textOf(doc).length > MAX_CHARS)
        tellOnce(
          `“${name.slice(0, 80)}” is too large to be kept in the browser. Save it, so that it is not lost.`,
        )
    }
    // What was kept before stays where it does not fit; the documents are still open, and saving works.
    if (!write(DRAFTS + id, draftOf(tabs, active)) || !write(SETTINGS, { recent, theme, autosave }))
      tellOnce('The browser has no room left for drafts. Save your documents, so that they are not lost.')
  }
  store.follow((state, before) => {
    const same = (['tabs', 'active', 'recent', 'theme', 'autosave'] as const).every(
      (key) => state[key] === before[key],
    )
    if (!same) timer ??= setTimeout(keep, WAIT_MS)
  })
  window.addEventListener('pagehide', () => {
    clearTimeout(timer)
    keep()
  })
}

const texts = new WeakMap<object, string>()

function textOf(doc: Tab['doc']): string {
  const text = texts.get(doc) ?? documentText(doc)
  texts.set(doc, text)
  return text
}

function draftOf(tabs: readonly Tab[], active: string): object {
  const list = tabs.flatMap((tab) => {
    const { id, name, path, etag, runId } = tab
    const text = textOf(tab.doc)
    return text.length > MAX_CHARS ? [] : [{ id, name, path, etag, runId, text, dirty: isDirty(tab) }]
  })
  return { tabs: list, active }
}

function draftKeys(): readonly string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(DRAFTS))
  } catch {
    // A browser that forbids storage.
    return []
  }
}

function read(key: string): JsonValue | undefined {
  try {
    const text = localStorage.getItem(key)
    return text === null ? undefined : parseJson(text)
  } catch {
    // A browser that forbids storage, or a damaged entry: the editor starts afresh.
    return undefined
  }
}

/** Whether it was kept: storage may be full or forbidden. */
function write(key: string, value: object): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}
