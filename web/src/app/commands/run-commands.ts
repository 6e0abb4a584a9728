/** Commands of runs and of the queue. */
import type { Commands } from './command.ts'
import { compareWithUncached } from '../compare-uncached.ts'
import { askToDeleteRun, deleteRecord, deleteWithFiles } from '../delete-run.ts'
import { cancelRun, loadHistory, report, runDocument } from '../runs.ts'

export const runCommands: Commands = {
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
  'run-later': {
    label: 'Run after the next that waits',
    group: 'Run',
    run: async (context, runId) => {
      const pending = context.store.state().queue?.pending ?? []
      const at = pending.findIndex((run) => run.runId === runId)
      if (at < 0 || at === pending.length - 1) return
      report(context, await context.link.ask('run.move', { runId, before: pending[at + 2]?.runId ?? null }))
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
  'compare-uncached': {
    label: 'Run again without the cache, and compare',
    group: 'Run',
    run: compareWithUncached,
  },
  'run-ask-delete': { label: 'Delete a run…', group: 'Run', run: askToDeleteRun },
  'run-delete': { label: 'Remove a run from the history', group: 'Run', run: deleteRecord },
  'run-delete-files': { label: 'Delete a run with its files', group: 'Run', run: deleteWithFiles },
  'history-ask-clear': {
    label: 'Clear the history…',
    group: 'Run',
    run: ({ store, focus }) => {
      const overlay = {
        kind: 'confirm',
        text: 'Remove all runs that have ended from the history? The files that they saved stay. This cannot be undone.',
        command: 'history-clear',
        label: 'Clear history',
      } as const
      store.dispatch({ type: 'overlay', overlay })
      focus('.dialog .end button')
    },
  },
  'history-clear': {
    label: 'Clear the history',
    group: 'Run',
    run: async (context) => {
      if (report(context, await context.link.ask('history.clear', {}))) await loadHistory(context)
    },
  },
}
