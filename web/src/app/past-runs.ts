/** Goes back to runs that have ended. */
import { activeTab } from '../state/app/app-state.ts'
import { layOutPrompt } from '../server/workflows.ts'
import { openText } from '../state/document/open-document.ts'
import type { Context } from './context.ts'
import { openResult } from './documents.ts'
import { follow, report } from './runs.ts'

/** Opens the workflow that a run was made of, with the run on its nodes. */
export async function openRun(context: Context, runId: string): Promise<void> {
  const answer = await context.link.ask('run.get', { runId })
  if (!report(context, answer)) return
  const { document, title } = answer.value
  const opened = await openText(document, layOutPrompt)
  openResult(context, opened, title ?? 'Run')
  await showRun(context, runId)
}

/** Shows a run on the open document. */
export async function showRun(context: Context, runId: string): Promise<void> {
  const { store } = context
  if (activeTab(store.state()) === undefined) return openRun(context, runId)
  store.dispatch({ type: 'run.shown', runId })
  await follow(context, runId)
}
