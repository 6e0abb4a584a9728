/** Saving, versions, and what to do when somebody else has saved the same workflow. */
import {
  deleteWorkflow,
  layOutPrompt,
  listVersions,
  loadIfChanged,
  loadVersion,
  loadWorkflow,
} from '../server/workflows.ts'
import { activeTab, isDirty } from '../state/app/app-state.ts'
import type { Tab } from '../state/app/app-state.ts'
import { openText } from '../state/document/open-document.ts'
import type { Context } from './context.ts'
import { loadWorkflows, openResult, openSaved, tell } from './documents.ts'

/** Saves under a name; asks before another document is overwritten. */
export async function saveAs(context: Context, tab: Tab, name: string, overwrite: boolean): Promise<void> {
  const clean = name
    .trim()
    .replace(/\.json$/i, '')
    .replaceAll(/[\\:*?"<>|]|\p{Cc}/gu, ' ')
    .replace(/^[./]+/, '')
  if (clean === '') return context.toast('error', 'The name is empty. Give it at least one letter.')
  const path = `${clean}.json`
  await tell(context, async () => {
    const outcome = await context.save(tab.id, { path, kind: 'saved', overwrite })
    if (outcome === 'changed') return tellConflict(context, tab)
    if (outcome === 'taken') {
      const overlay = {
        kind: 'confirm',
        text: `There is a workflow “${clean}” already. Replace it? What it is now stays in its versions.`,
        command: `save-over:${clean}`,
        label: 'Replace',
      } as const
      context.store.dispatch({ type: 'overlay', overlay })
      return context.focus('.dialog .end button')
    }
    context.store.dispatch({ type: 'overlay', overlay: undefined })
    if (outcome === 'saved') context.toast('success', `Saved “${clean}”.`)
    await loadWorkflows(context)
  })
}

export async function save(context: Context): Promise<void> {
  const tab = activeTab(context.store.state())
  if (tab === undefined) return
  if (tab.path !== undefined) return saveAs(context, tab, tab.path, false)
  askForName(context, tab, tab.name)
}

/** Asks for the name to save under. */
export function askForName(context: Context, tab: Tab, name: string): void {
  const overlay = { kind: 'rename', what: 'save', id: tab.id, value: name } as const
  context.store.dispatch({ type: 'overlay', overlay })
  context.focus('.dialog input')
}

export function tellConflict({ toast }: Pick<Context, 'toast'>, { name }: Tab): void {
  toast(
    'error',
    `“${name.slice(0, 80)}” was saved somewhere else meanwhile. Yours is still here: say which one stays.`,
  )
}

/** Ends a conflict: `theirs` takes the place of mine, which undo brings back; `mine` replaces theirs, which is a version. */
export async function endConflict(context: Context, which: 'theirs' | 'mine' | 'copy'): Promise<void> {
  const tab = activeTab(context.store.state())
  if (tab?.path === undefined) return
  if (which === 'copy') return askForName(context, tab, `${tab.path.replace(/\.json$/, '')} copy`)
  if (which === 'mine') return saveAs(context, tab, tab.path, true)
  await reload(context, tab, tab.path)
}

async function reload(context: Context, tab: Tab, path: string): Promise<void> {
  await tell(context, async () => {
    const { text, etag } = await loadWorkflow(path)
    const opened = await openText(text, layOutPrompt)
    if (!opened.ok) return context.toast('error', `What is saved cannot be read. ${opened.message}`)
    context.store.dispatch({ type: 'tab.reloaded', id: tab.id, etag, doc: opened.doc })
  })
}

/** Looks whether documents without changes were saved somewhere else, and shows what is saved. */
export async function refreshUnchanged(context: Context): Promise<void> {
  for (const { id, path, etag } of context.store.state().tabs) {
    const isSame = (): boolean => {
      const now = context.store.state().tabs.find((tab) => tab.id === id)
      return now !== undefined && now.etag === etag && now.sync === 'idle' && !isDirty(now)
    }
    if (path === undefined || etag === undefined || !isSame()) continue
    try {
      const changed = await loadIfChanged(path, etag)
      const opened = changed && (await openText(changed.text, layOutPrompt))
      // It may have been edited while the server was asked.
      if (changed === undefined || opened?.ok !== true || !isSame()) continue
      context.store.dispatch({ type: 'tab.reloaded', id, etag: changed.etag, doc: opened.doc })
      context.toast(
        'info',
        `“${path.replace(/\.json$/, '')}” was saved somewhere else: this is what it is now.`,
      )
    } catch {
      // Away, or deleted: a save will say so.
    }
  }
}

/** Shows the versions of a saved workflow. */
export async function showVersions(context: Context, path: string): Promise<void> {
  await tell(context, async () => {
    const versions = await listVersions(path)
    context.store.dispatch({ type: 'overlay', overlay: { kind: 'versions', path, versions } })
    context.focus('.dialog button')
  })
}

/** Opens a version beside what is open. */
export async function openVersion(context: Context, path: string, id: string): Promise<void> {
  await tell(context, async () => {
    const name = `${path.replace(/\.json$/, '')} (${id.slice(0, 16).replace('T', ' ')})`
    openResult(context, await openText(await loadVersion(path, id), layOutPrompt), name)
  })
}

/** Puts a version into its document, as one step of undo; it is saved as any other change. */
export async function restoreVersion(context: Context, path: string, id: string): Promise<void> {
  await tell(context, async () => {
    const opened = await openText(await loadVersion(path, id), layOutPrompt)
    if (!opened.ok) return context.toast('error', `This version cannot be read. ${opened.message}`)
    await openSaved(context, path)
    const { store } = context
    const tab = activeTab(store.state())
    if (tab?.path !== path) return
    store.dispatch({ type: 'doc.edited', edit: () => opened.doc, select: [] })
    store.dispatch({ type: 'overlay', overlay: undefined })
    context.toast('success', 'The version is back. Undo brings back what was there.')
  })
}

/** Asks before a saved workflow is deleted. */
export function askToDelete({ store, focus }: Context, path: string): void {
  const overlay = {
    kind: 'confirm',
    text: `Delete “${path.replace(/\.json$/, '')}” and all its versions from the server? This cannot be undone.`,
    command: `workflow-delete:${path}`,
    label: 'Delete',
  } as const
  store.dispatch({ type: 'overlay', overlay })
  focus('.dialog .end button')
}

export async function removeWorkflow(context: Context, path: string): Promise<void> {
  await tell(context, async () => {
    await deleteWorkflow(path)
    context.toast('success', `Deleted “${path.replace(/\.json$/, '')}”.`)
    await loadWorkflows(context)
  })
}
