/** Deleting runs from the history, alone or with the files that they saved. */
import { deleteRunWithFiles, urlOf } from '../server/files.ts'
import type { Context } from './context.ts'
import { tell } from './documents.ts'
import { report } from './runs.ts'

/** Asks what is to be deleted, and says which files there are. */
export async function askToDeleteRun(context: Context, runId: string): Promise<void> {
  const answer = await context.link.ask('run.get', { runId })
  if (!report(context, answer)) return
  const outputs = answer.value.outputs.filter(({ type }) => type === 'output')
  const names = outputs.map(({ subfolder, filename }) =>
    subfolder === '' ? filename : `${subfolder}/${filename}`,
  )
  const own = new Set(outputs.map((file) => urlOf(file)))
  const shared = context.store
    .state()
    .history.filter((run) => run.runId !== runId && run.files.some((file) => own.has(urlOf(file)))).length
  context.store.dispatch({
    type: 'overlay',
    overlay: { kind: 'delete-run', runId, files: [...new Set(names)], shared },
  })
  context.focus('.dialog .end button')
}

/** Deletes the record of a run; its files stay. */
export async function deleteRecord(context: Context, runId: string): Promise<void> {
  if (report(context, await context.link.ask('run.delete', { runId }))) forget(context)
}

/** Deletes a run with its files, and says which of them stay, and why. */
export async function deleteWithFiles(context: Context, runId: string): Promise<void> {
  await tell(context, async () => {
    const { deleted, files } = await deleteRunWithFiles(runId)
    forget(context)
    const gone = files.filter(({ outcome }) => outcome === 'deleted').length
    const kept = files.filter(({ outcome }) => outcome === 'kept')
    const [first] = kept
    if (first === undefined)
      return context.toast('success', `Deleted the run and ${gone === 1 ? 'its file' : `${gone} files`}.`)
    const more = kept.length === 1 ? '' : ` (and ${kept.length - 1} more)`
    const run = deleted ? '' : ' The run is still in the history.'
    context.toast('error', `“${first.file.slice(0, 80)}” stays. ${first.reason ?? ''}${more}${run}`)
  })
}

/** Pictures that were chosen for a comparison may be among what is gone. */
function forget({ store }: Context): void {
  store.dispatch({ type: 'picked', file: undefined })
}
