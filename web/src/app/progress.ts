/** Tells how a run goes where the page is not looked at: in its title, and by a notification at the end. */
import { activeTab, shownRun } from '../state/app/app-state.ts'
import type { AppState } from '../state/app/app-state.ts'
import { shownAt } from '../state/run/run-view.ts'
import type { Context } from './context.ts'
import { progressOf } from '../panels/top-bar.ts'

const NAME = 'DiCache Studio'

/** A follower of the store. */
export function tellProgress(state: AppState, before: AppState): void {
  const run = shownRun(state)
  const old = shownRun(before)
  const tab = activeTab(state)
  const name = tab === undefined ? NAME : `${tab.name.slice(0, 60)} · ${NAME}`
  const title = run?.status === 'running' ? `${Math.round(progressOf(run) * 100)} % ${name}` : name
  if (document.title !== title) document.title = title
  if (run === undefined || run.runId !== old?.runId || run.status === old.status) return
  if (run.status !== 'finished' && run.status !== 'failed') return
  if (
    document.visibilityState === 'visible' ||
    typeof Notification === 'undefined' ||
    Notification.permission !== 'granted'
  )
    return
  new Notification(run.status === 'finished' ? 'The run is done' : 'The run failed', {
    body: run.error?.message ?? tab?.name ?? NAME,
    tag: run.runId,
  })
}

/** A follower of the store: a run that fails says why, and where. */
export function tellFailure({ toast }: Context, state: AppState, before: AppState): void {
  const run = shownRun(state)
  const old = run && before.runs.get(run.runId)
  // What had failed before the page was opened is shown on its node, and is no news.
  if (run?.status !== 'failed' || old === undefined || old.status === 'failed' || run.error === undefined)
    return
  const { message, nodeId } = run.error
  toast('error', message, nodeId === undefined ? undefined : shownAt(nodeId))
}
