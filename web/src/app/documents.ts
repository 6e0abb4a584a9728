/** Opening and sharing documents. */
import { layOutPrompt, listWorkflows, loadTemplate, loadWorkflow } from '../server/workflows.ts'
import { activeTab, newTab } from '../state/app/app-state.ts'
import type { Doc } from '../state/document/document.ts'
import { EMPTY_DOC } from '../state/document/document.ts'
import { PRIMITIVE } from '../state/document/manifest-of.ts'
import type { Opened } from '../state/document/open-document.ts'
import { openBytes, openText } from '../state/document/open-document.ts'
import type { Context } from './context.ts'
import { documentText } from './document-text.ts'

/** Opens what was read, or says why not. */
export function openResult(
  context: Context,
  opened: Opened,
  name: string,
  saved?: { readonly path: string; readonly etag: string },
): void {
  if (!opened.ok) {
    context.toast('error', `“${name.slice(0, 80)}” cannot be opened. ${opened.message}`)
    return
  }
  context.store.dispatch({ type: 'tab.opened', tab: newTab(crypto.randomUUID(), name, opened.doc, saved) })
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
      types.filter((type) => !catalog.nodes.has(type) && !doc.subgraphs.has(type) && type !== PRIMITIVE),
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
    openResult(context, await openText(await loadTemplate(file), layOutPrompt), file.replace(/\.json$/, ''))
  })
}

/** Opens a saved workflow; one that is open already is only shown. */
export async function openSaved(context: Context, path: string): Promise<void> {
  const open = context.store.state().tabs.find((tab) => tab.path === path)
  if (open !== undefined) return context.store.dispatch({ type: 'tab.chosen', id: open.id })
  await tell(context, async () => {
    const name = (path.split('/').at(-1) ?? path).replace(/\.json$/i, '')
    const { text, etag } = await loadWorkflow(path)
    openResult(context, await openText(text, layOutPrompt), name, { path, etag })
  })
}

/** Opens files that were dropped or chosen. */
export async function openFiles(context: Context, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const opened = await openBytes(bytes, file.name, layOutPrompt)
      openResult(context, opened, file.name.replace(/\.(json|png|webp)$/i, ''))
    } catch (error) {
      context.toast('error', `“${file.name.slice(0, 80)}” cannot be opened. ${messageOf(error)}`)
    }
  }
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
  return error instanceof Error ? error.message : String(error)
}
