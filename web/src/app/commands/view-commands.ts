/** Commands that change what is looked at. */
import { showNodes } from '../camera.ts'
import { loadWorkflows } from '../documents.ts'
import { shown } from '../edit-document.ts'
import type { Commands } from './command.ts'

export const viewCommands: Commands = {
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
}
