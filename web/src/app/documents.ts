/** Opening, saving and sharing documents. */
import { stringifyJson } from '@dicache/protocol'
import {
  keepVersion,
  listVersions,
  loadTemplate,
  loadVersion,
  loadWorkflow,
  saveWorkflow,
  listWorkflows,
} from '../server/files.ts'
import { activeTab, newTab } from '../state/app/app-state.ts'
import type { Tab } from '../state/app/app-state.ts'
import type { Doc } from '../state/document/document.ts'
import { EMPTY_DOC } from '../state/document/document.ts'
import type { Opened } from '../state/document/open-document.ts'
import { openBytes, openText } from '../state/document/open-document.ts'
import { writeDocument } from '../state/document/write-document.ts'
import type { Context } from './context.ts'

/** A document as the text of a file. */
export function documentText(doc: Doc): string {
  return `${stringifyJson(writeDocument(doc), 2)}\n`
}

/** Opens what was read, or says why not. */
export function openResult(context: Context, opened: Opened, name: string, path?: string): void {
  if (!opened.ok) {
    context.toast('error', `“${name.slice(0, 80)}” cannot be opened. ${opened.message}`)
    return
  }
  context.store.dispatch({ type: 'tab.opened', tab: newTab(crypto.randomUUID(), name, opened.doc, path) })
  const [first, ...more] = opened.losses
  if (first !== undefined)
    context.toast('info', more.length === 0 ? first : `${first} (and ${more.length} more)`)
  const missing = missingTypes(context, opened.doc)
  if (missing.length > 0) {
    context.toast(
      'info',
      `Unknown here: ${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ` and ${missing.length - 4} more` : ''}. Their values are kept; outputs that do not need them still run.`,
    )
  }
}

function missingTypes({ store }: Context, doc: Doc): readonly string[] {
  const { catalog, catalogStatus } = store.state()
  if (catalogStatus !== 'ready') return []
  const types = [...doc.root.nodes.values()].map(({ type }) => type)
  return [
    ...new Set(
      types.filter(
        (type) => !catalog.nodes.has(type) && !doc.subgraphs.has(type) && type !== 'PrimitiveNode',
      ),
    ),
  ].map((type) => type.slice(0, 60))
}

export function newDocument({ store }: Context): void {
  const taken = new Set(store.state().tabs.map(({ name }) => name))
  let number = 1
  while (taken.has(`Untitled ${number}`)) number++
  store.dispatch({ type: 'tab.opened', tab: newTab(crypto.randomUUID(), `Untitled ${number}`, EMPTY_DOC) })
}

export async function openTemplate(context: Context, file: string): Promise<void> {
  await tell(context, async () => {
    openResult(
      context,
      openText(await loadTemplate(file), context.store.state().catalog),
      file.replace(/\.json$/, ''),
    )
  })
}

/** Opens a saved workflow; one that is open already is only shown. */
export async function openSaved(context: Context, path: string): Promise<void> {
  const open = context.store.state().tabs.find((tab) => tab.path === path)
  if (open !== undefined) return context.store.dispatch({ type: 'tab.chosen', id: open.id })
  await tell(context, async () => {
    const name = (path.split('/').at(-1) ?? path).replace(/\.json$/i, '')
    openResult(context, openText(await loadWorkflow(path), context.store.state().catalog), name, path)
  })
}

/** Opens files that were dropped or chosen. */
export async function openFiles(context: Context, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    await tell(context, async () => {
      const bytes = new Uint8Array(await file.arrayBuffer())
      openResult(
        context,
        await openBytes(bytes, file.name, context.store.state().catalog),
        file.name.replace(/\.(json|png|webp)$/i, ''),
      )
    })
  }
}

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
    const { doc } = tab
    const outcome = await saveWorkflow(path, documentText(doc), overwrite || tab.path === path)
    if (outcome === 'taken') {
      const overlay = {
        kind: 'confirm',
        text: `There is a workflow “${clean}” already. Replace it?`,
        command: `save-over:${clean}`,
        label: 'Replace',
      } as const
      return context.store.dispatch({ type: 'overlay', overlay })
    }
    context.store.dispatch({ type: 'tab.saved', id: tab.id, path, doc })
    context.store.dispatch({ type: 'overlay', overlay: undefined })
    context.toast('success', `Saved “${clean}”.`)
    await keepVersion(path, documentText(doc))
    await loadWorkflows(context)
  })
}

export async function save(context: Context): Promise<void> {
  const tab = activeTab(context.store.state())
  if (tab === undefined) return
  if (tab.path !== undefined) return saveAs(context, tab, tab.path, true)
  context.store.dispatch({
    type: 'overlay',
    overlay: { kind: 'rename', what: 'save', id: tab.id, value: tab.name },
  })
  context.focus('.dialog input')
}

/** Hands the document to the browser as a file. */
export function download({ store }: Context): void {
  const tab = activeTab(store.state())
  if (tab === undefined) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([documentText(tab.doc)], { type: 'application/json' }))
  link.download = `${tab.name.replaceAll(/[^\p{L}\p{N} _-]/gu, '_')}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

/** Shows the versions of a saved workflow. */
export async function showVersions(context: Context, path: string): Promise<void> {
  await tell(context, async () => {
    const versions = await listVersions(path)
    context.store.dispatch({ type: 'overlay', overlay: { kind: 'versions', path, versions } })
    context.focus('.dialog button')
  })
}

/** Opens a version beside what is open; saving it is up to the user. */
export async function openVersion(context: Context, path: string, version: string): Promise<void> {
  await tell(context, async () => {
    const name = `${path.replace(/\.json$/, '')} (${version.slice(0, 16).replace('T', ' ')})`
    openResult(context, openText(await loadVersion(path, version), context.store.state().catalog), name)
  })
}

export async function loadWorkflows({ store, toast }: Context): Promise<void> {
  if (store.state().workflowsStatus === 'idle')
    store.dispatch({ type: 'workflows.status', status: 'loading' })
  try {
    store.dispatch({ type: 'workflows.loaded', workflows: await listWorkflows() })
  } catch (error) {
    store.dispatch({ type: 'workflows.status', status: 'failed' })
    toast('error', `The saved workflows cannot be listed. ${messageOf(error)}`)
  }
}

/** Runs something that may fail, and says so where it does. */
export async function tell({ toast }: Pick<Context, 'toast'>, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    toast('error', messageOf(error))
  }
}

export function messageOf(error: unknown): string {
  // What `fetch` throws when nobody answers.
  if (error instanceof TypeError && /fetch/i.test(error.message)) return 'The server cannot be reached.'
  return error instanceof Error ? error.message : String(error)
}
