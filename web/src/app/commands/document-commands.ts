/** Commands of whole documents. */
import { activeTab } from '../../state/app/app-state.ts'
import { download, newDocument } from '../documents.ts'
import { askForName, endConflict, removeWorkflow, save, saveAs } from '../saving.ts'
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
      if (tab !== undefined) askForName(context, tab, tab.path?.replace(/\.json$/, '') ?? tab.name)
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
  'conflict-theirs': {
    label: 'Show what was saved somewhere else',
    group: 'Document',
    run: (context) => endConflict(context, 'theirs'),
  },
  'conflict-mine': {
    label: 'Save over what was saved somewhere else',
    group: 'Document',
    run: (context) => endConflict(context, 'mine'),
  },
  'conflict-copy': {
    label: 'Save mine as a copy',
    group: 'Document',
    run: (context) => endConflict(context, 'copy'),
  },
  'workflow-delete': {
    label: 'Delete a saved workflow',
    group: 'Document',
    run: removeWorkflow,
  },
  autosave: {
    label: 'Turn autosave on or off',
    group: 'Document',
    run: ({ store, toast }) => {
      const on = !store.state().autosave
      store.dispatch({ type: 'autosave', on })
      toast(
        'info',
        on
          ? 'Autosave is on: saved workflows are saved again a moment after each change.'
          : 'Autosave is off: Ctrl+S saves. Drafts stay in this browser.',
      )
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
