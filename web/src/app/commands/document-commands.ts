/** Commands of whole documents. */
import { activeTab } from '../../state/app/app-state.ts'
import { download, newDocument, save, saveAs } from '../documents.ts'
import type { Commands } from './command.ts'

export const documentCommands: Commands = {
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
