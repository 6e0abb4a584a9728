/** Every command of the editor: what menus, buttons and keys call. */
import { activeTab } from '../state/app/app-state.ts'
import { BYPASSED, MUTED } from '../state/document/document.ts'
import { align } from '../state/edit/arrange.ts'
import type { Alignment } from '../state/edit/arrange.ts'
import { duplicate, paste, readCopied, copyText } from '../state/edit/clipboard.ts'
import { removeLink } from '../state/edit/edit-links.ts'
import { groupNodes, removeGroup, removeNodes, toggleFlag, toggleMode } from '../state/edit/edit-nodes.ts'
import { wrapInSubgraph, unwrapSubgraph } from '../state/edit/subgraphs.ts'
import { showNodes } from './camera.ts'
import type { Context } from './context.ts'
import { download, loadWorkflows, newDocument, save, saveAs } from './documents.ts'
import { editGraph, shown } from './edit-document.ts'
import { openSearch } from './search.ts'
import { cancelRun, loadHistory, report, runDocument } from './runs.ts'

/** A command. `keys` are shown in the help sheet; `argument` follows a colon in its name. */
export type Command = {
  readonly label: string
  readonly group: 'Run' | 'Edit' | 'Arrange' | 'View' | 'Document'
  readonly keys?: string
  readonly run: (context: Context, argument: string) => void | Promise<void>
}

const selection = (context: Context): ReadonlySet<string> => shown(context)?.tab.selection ?? new Set()

function toggle(mode: number): (context: Context) => void {
  return function toggleNodes(context) {
    const keys = selection(context)
    if (keys.size > 0) editGraph(context, (graph) => toggleMode(graph, keys, mode))
  }
}

const aligned =
  (how: Alignment): ((context: Context) => void) =>
  (context) =>
    editGraph(context, (graph) => align(graph, selection(context), how))

/** All commands by name. */
export const commands: Readonly<Record<string, Command>> = {
  run: {
    label: 'Run the workflow',
    group: 'Run',
    keys: 'Ctrl+Enter',
    run: (context) => runDocument(context),
  },
  'run-node': {
    label: 'Run only up to this node',
    group: 'Run',
    run: (context, key) => runDocument(context, [key]),
  },
  cancel: {
    label: 'Cancel what runs',
    group: 'Run',
    keys: 'Ctrl+Alt+Enter',
    run: async (context, id) => {
      const running = context.store.state().queue?.running[0]?.runId
      const runId = id === '' ? running : id
      if (runId !== undefined) await cancelRun(context, runId)
    },
  },
  'queue-clear': {
    label: 'Cancel everything that waits',
    group: 'Run',
    run: async (context) => void report(context, await context.link.ask('queue.clear', {})),
  },
  'queue-pause': {
    label: 'Pause or resume the queue',
    group: 'Run',
    run: async (context) => {
      const paused = context.store.state().queue?.paused === true
      report(context, await context.link.ask(paused ? 'queue.resume' : 'queue.pause', {}))
    },
  },
  'run-first': {
    label: 'Run before everything that waits',
    group: 'Run',
    run: async (context, runId) => {
      const first = context.store.state().queue?.pending[0]?.runId ?? null
      if (first !== runId) report(context, await context.link.ask('run.move', { runId, before: first }))
    },
  },
  notify: {
    label: 'Tell me when a run ends',
    group: 'Run',
    run: async ({ toast }) => {
      const allowed = typeof Notification === 'undefined' ? 'denied' : await Notification.requestPermission()
      if (allowed === 'granted')
        toast('success', 'The browser tells you when a run ends and this page is not in front.')
      else
        toast('info', 'The browser does not allow notifications of this page. Its settings can change that.')
    },
  },
  'history-clear': {
    label: 'Clear the history',
    group: 'Run',
    run: async (context) => {
      if (report(context, await context.link.ask('history.clear', {}))) await loadHistory(context)
    },
  },
  undo: {
    label: 'Undo',
    group: 'Edit',
    keys: 'Ctrl+Z',
    run: ({ store }) => store.dispatch({ type: 'doc.undone' }),
  },
  redo: {
    label: 'Redo',
    group: 'Edit',
    keys: 'Ctrl+Shift+Z',
    run: ({ store }) => store.dispatch({ type: 'doc.redone' }),
  },
  add: {
    label: 'Add a node',
    group: 'Edit',
    keys: 'Tab or double click',
    run: (context) => openSearch(context),
  },
  copy: { label: 'Copy', group: 'Edit', keys: 'Ctrl+C', run: copySelection },
  cut: {
    label: 'Cut',
    group: 'Edit',
    keys: 'Ctrl+X',
    run: async (context) => {
      await copySelection(context)
      removeSelection(context)
    },
  },
  paste: {
    label: 'Paste',
    group: 'Edit',
    keys: 'Ctrl+V',
    run: async (context) => void pasteText(context, await navigator.clipboard.readText()),
  },
  duplicate: {
    label: 'Duplicate, with incoming links',
    group: 'Edit',
    keys: 'Ctrl+D',
    run: (context) => {
      const view = shown(context)
      if (view === undefined || view.tab.selection.size === 0) return
      const { keys, graph } = duplicate(view.graph, view.tab.selection)
      editGraph(context, () => graph, { select: keys })
    },
  },
  delete: { label: 'Delete', group: 'Edit', keys: 'Delete', run: removeSelection },
  'select-all': {
    label: 'Choose all nodes',
    group: 'Edit',
    keys: 'Ctrl+A',
    run: (context) =>
      context.store.dispatch({
        type: 'selected',
        keys: [...(shown(context)?.graph.nodes.keys() ?? [])],
        how: 'replace',
      }),
  },
  mute: { label: 'Mute', group: 'Edit', keys: 'Ctrl+M', run: toggle(MUTED) },
  bypass: { label: 'Bypass', group: 'Edit', keys: 'Ctrl+B', run: toggle(BYPASSED) },
  collapse: {
    label: 'Collapse',
    group: 'Edit',
    keys: 'Alt+C',
    run: (context) => editGraph(context, (graph) => toggleFlag(graph, selection(context), 'collapsed')),
  },
  rename: {
    label: 'Rename',
    group: 'Edit',
    keys: 'F2',
    run: (context, argument) => {
      const view = shown(context)
      const id = argument === '' ? [...selection(context)][0] : argument
      const node = id === undefined ? undefined : view?.graph.nodes.get(id)
      if (node === undefined || id === undefined) return
      const title = node.title ?? context.store.state().catalog.nodes.get(node.type)?.title ?? node.type
      context.store.dispatch({ type: 'overlay', overlay: { kind: 'rename', what: 'node', id, value: title } })
      context.focus('.dialog input')
    },
  },
  group: {
    label: 'Group',
    group: 'Arrange',
    keys: 'Ctrl+G',
    run: (context) =>
      editGraph(context, (graph) => groupNodes(graph, context.canvas().bounds(selection(context)), 'Group')),
  },
  'group-rename': {
    label: 'Rename group',
    group: 'Arrange',
    run: (context, id) => {
      const group = shown(context)?.graph.groups.find((candidate) => candidate.id === id)
      if (group === undefined) return
      context.store.dispatch({
        type: 'overlay',
        overlay: { kind: 'rename', what: 'group', id, value: group.title },
      })
      context.focus('.dialog input')
    },
  },
  'group-remove': {
    label: 'Remove group',
    group: 'Arrange',
    run: (context, id) => editGraph(context, (graph) => removeGroup(graph, id)),
  },
  'link-remove': {
    label: 'Remove link',
    group: 'Edit',
    run: (context, id) => editGraph(context, (graph) => removeLink(graph, id)),
  },
  'align-left': { label: 'Align left', group: 'Arrange', run: aligned('left') },
  'align-right': { label: 'Align right', group: 'Arrange', run: aligned('right') },
  'align-top': { label: 'Align top', group: 'Arrange', run: aligned('top') },
  'align-bottom': { label: 'Align bottom', group: 'Arrange', run: aligned('bottom') },
  'spread-x': { label: 'Spread evenly across', group: 'Arrange', run: aligned('spread-x') },
  'spread-y': { label: 'Spread evenly down', group: 'Arrange', run: aligned('spread-y') },
  'subgraph-make': {
    label: 'Turn into a subgraph',
    group: 'Arrange',
    keys: 'Ctrl+Shift+G',
    run: ({ store }) => {
      const keys = activeTab(store.state())?.selection
      if (keys === undefined || keys.size === 0) return
      const id = crypto.randomUUID()
      store.dispatch({
        type: 'doc.edited',
        edit: (doc, at) => wrapInSubgraph(doc, { at, keys, id, name: 'Subgraph' }),
      })
    },
  },
  'subgraph-unpack': {
    label: 'Unpack subgraph',
    group: 'Arrange',
    run: ({ store }, key) =>
      store.dispatch({ type: 'doc.edited', edit: (doc, at) => unwrapSubgraph(doc, { at, key }) }),
  },
  'subgraph-open': {
    label: 'Open subgraph',
    group: 'View',
    run: ({ store }, id) => store.dispatch({ type: 'subgraph.opened', id }),
  },
  fit: {
    label: 'Show everything, or what is chosen',
    group: 'View',
    keys: '.',
    run: (context) => {
      const view = shown(context)
      if (view !== undefined) showNodes(context, view.tab.selection.size > 0 ? view.tab.selection : undefined)
    },
  },
  'zoom-in': { label: 'Zoom in', group: 'View', keys: '+', run: ({ canvas }) => canvas().zoomBy(1.2) },
  'zoom-out': { label: 'Zoom out', group: 'View', keys: '−', run: ({ canvas }) => canvas().zoomBy(1 / 1.2) },
  theme: {
    label: 'Dark or light',
    group: 'View',
    run: ({ store }) =>
      store.dispatch({ type: 'theme', theme: store.state().theme === 'dark' ? 'light' : 'dark' }),
  },
  workflows: {
    label: 'Workflows',
    group: 'View',
    keys: 'W',
    run: async (context) => {
      context.store.dispatch({ type: 'side.toggled', panel: 'workflows' })
      await loadWorkflows(context)
    },
  },
  nodes: {
    label: 'Node library',
    group: 'View',
    keys: 'N',
    run: ({ store }) => store.dispatch({ type: 'side.toggled', panel: 'nodes' }),
  },
  queue: {
    label: 'Queue and history',
    group: 'View',
    keys: 'Q',
    run: ({ store }) => store.dispatch({ type: 'side.toggled', panel: 'queue' }),
  },
  gallery: {
    label: 'Gallery',
    group: 'View',
    keys: 'G',
    run: ({ store }) => store.dispatch({ type: 'side.toggled', panel: 'gallery' }),
  },
  node: {
    label: 'Settings and help of a node',
    group: 'View',
    keys: 'I',
    run: ({ store }) => store.dispatch({ type: 'side.toggled', panel: 'node' }),
  },
  dicache: {
    label: 'DiCache',
    group: 'View',
    keys: 'D',
    run: ({ store }) => store.dispatch({ type: 'dock.toggled' }),
  },
  help: {
    label: 'Keys',
    group: 'View',
    keys: '?',
    run: (context) => {
      context.store.dispatch({ type: 'overlay', overlay: { kind: 'help' } })
      context.focus('.dialog button')
    },
  },
  close: {
    label: 'Close what is open',
    group: 'View',
    keys: 'Escape',
    run: ({ store }) => store.dispatch({ type: 'overlay', overlay: undefined }),
  },
  new: { label: 'New workflow', group: 'Document', keys: 'Alt+N', run: newDocument },
  save: { label: 'Save', group: 'Document', keys: 'Ctrl+S', run: save },
  'save-as': {
    label: 'Save as…',
    group: 'Document',
    keys: 'Ctrl+Shift+S',
    run: (context) => {
      const tab = activeTab(context.store.state())
      if (tab === undefined) return
      context.store.dispatch({
        type: 'overlay',
        overlay: { kind: 'rename', what: 'save', id: tab.id, value: tab.name },
      })
      context.focus('.dialog input')
    },
  },
  'save-over': {
    label: 'Replace the saved workflow',
    group: 'Document',
    run: async (context, name) => {
      const tab = activeTab(context.store.state())
      if (tab !== undefined) await saveAs(context, tab, name, true)
    },
  },
  download: { label: 'Download as a file', group: 'Document', run: download },
  open: {
    label: 'Open a file…',
    group: 'Document',
    keys: 'Ctrl+O',
    run: () => document.querySelector<HTMLInputElement>('#open-file')?.click(),
  },
  templates: {
    label: 'Templates',
    group: 'Document',
    run: (context) => {
      context.store.dispatch({ type: 'overlay', overlay: { kind: 'templates' } })
      context.focus('.dialog button')
    },
  },
  'tab-close': {
    label: 'Close the document',
    group: 'Document',
    run: ({ store }, id) => store.dispatch({ type: 'tab.closed', id }),
  },
}

/** Runs `name` or `name:argument`; errors become a sentence on the page. */
export function runCommand(context: Context, text: string): void {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return
  if (context.store.state().overlay?.kind === 'menu')
    context.store.dispatch({ type: 'overlay', overlay: undefined })
  Promise.try(() => command.run(context, colon < 0 ? '' : text.slice(colon + 1))).catch((error: unknown) => {
    context.toast('error', error instanceof Error ? error.message : String(error))
  })
}

async function copySelection(context: Context): Promise<void> {
  const view = shown(context)
  if (view === undefined || view.tab.selection.size === 0) return
  await navigator.clipboard.writeText(copyText(view.graph, view.tab.selection))
}

function removeSelection(context: Context): void {
  editGraph(context, (graph) => removeNodes(graph, selection(context)), { select: [] })
}

/** Puts copied nodes into the shown graph; other text is left to the page. */
export function pasteText(context: Context, text: string): boolean {
  const copied = readCopied(text)
  const view = shown(context)
  if (copied === undefined || view === undefined) return false
  const { graph, keys } = paste(view.graph, copied)
  editGraph(context, () => graph, { select: keys })
  return true
}
