/** Commands that change nodes and links. */
import { BYPASSED, MUTED } from '../../state/document/document.ts'
import { duplicate } from '../../state/edit/clipboard.ts'
import { removeLink } from '../../state/edit/edit-links.ts'
import { toggleFlag, toggleMode } from '../../state/edit/edit-nodes.ts'
import { copySelection, pasteText, removeSelection } from '../clipboard.ts'
import type { Context } from '../context.ts'
import { chosen, editGraph, shown } from '../edit-document.ts'
import { openSearch } from '../search.ts'
import type { Commands } from './command.ts'

function toggle(mode: number): (context: Context) => void {
  return function toggleNodes(context) {
    const keys = chosen(context)
    if (keys.size > 0) editGraph(context, (graph) => toggleMode(graph, keys, mode))
  }
}

export const editCommands: Commands = {
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
    run: (context) => editGraph(context, (graph) => toggleFlag(graph, chosen(context), 'collapsed')),
  },
  rename: {
    label: 'Rename',
    group: 'Edit',
    keys: 'F2',
    run: (context, argument) => {
      const view = shown(context)
      const id = argument === '' ? [...chosen(context)][0] : argument
      const node = id === undefined ? undefined : view?.graph.nodes.get(id)
      if (node === undefined || id === undefined) return
      const title = node.title ?? context.store.state().catalog.nodes.get(node.type)?.title ?? node.type
      context.store.dispatch({ type: 'overlay', overlay: { kind: 'rename', what: 'node', id, value: title } })
      context.focus('.dialog input')
    },
  },
  'link-remove': {
    label: 'Remove link',
    group: 'Edit',
    run: (context, id) => editGraph(context, (graph) => removeLink(graph, id)),
  },
}
