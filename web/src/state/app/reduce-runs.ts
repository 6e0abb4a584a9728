/** What happens to runs, queue and history. */
import type { QueueChange, QueueSnapshot, RunSummary } from '@dicache/protocol'
import { applyEvent, newRun, withPreview } from '../run/run-view.ts'
import type { RunView } from '../run/run-view.ts'
import type { Action } from './actions.ts'
import type { AppState } from './app-state.ts'

const MAX_RUNS = 40
const MAX_HISTORY = 200

/** Changes a run; the oldest that no document shows is forgotten. */
export function mapRun(state: AppState, runId: string, change: (run: RunView) => RunView): AppState {
  const old = state.runs.get(runId) ?? newRun(runId)
  const run = change(old)
  if (run === state.runs.get(runId)) return state
  const runs = new Map(state.runs).set(runId, run)
  const shown = new Set(state.tabs.map((tab) => tab.runId))
  for (const id of runs.keys()) {
    if (runs.size <= MAX_RUNS) break
    if (!shown.has(id)) runs.delete(id)
  }
  return { ...state, runs }
}

export function applyEvents(
  state: AppState,
  { runId, events }: Extract<Action, { type: 'run.events' }>,
): AppState {
  return mapRun(state, runId, (run) => events.reduce(applyEvent, run))
}

export function applyPreview(state: AppState, action: Extract<Action, { type: 'run.previewed' }>): AppState {
  return mapRun(state, action.runId, (run) => withPreview(run, action.nodeId, action.preview))
}

/** The queue after a change; undefined when one was missed and a snapshot is needed. */
export function changeQueue(queue: QueueSnapshot, change: QueueChange): QueueSnapshot | undefined {
  if (change.revision <= queue.revision) return queue
  if (change.revision !== queue.revision + 1) return undefined
  const known = new Map([...queue.running, ...queue.pending].map((run) => [run.runId, run]))
  for (const id of change.removed) known.delete(id)
  for (const run of change.changed) known.set(run.runId, run)
  const inOrder = (status: RunSummary['status']): readonly RunSummary[] =>
    [...known.values()].filter((run) => run.status === status).toSorted((a, b) => a.number - b.number)
  const { revision, paused, remaining } = change
  return { revision, paused, remaining, running: inOrder('running'), pending: inOrder('pending') }
}

/** Sorts ended runs into the history, newest first. */
export function changeHistory(history: readonly RunSummary[], change: QueueChange): readonly RunSummary[] {
  const ended = change.changed.filter(({ status }) => status !== 'pending' && status !== 'running')
  if (ended.length === 0 && change.removed.length === 0) return history
  const fresh = new Set([...ended.map(({ runId }) => runId), ...change.removed])
  return [...ended, ...history.filter(({ runId }) => !fresh.has(runId))]
    .toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))
    .slice(0, MAX_HISTORY)
}
