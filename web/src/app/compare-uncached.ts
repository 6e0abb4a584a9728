/** Runs what is shown once more without its step cache, and lays the two pictures over each other. */
import { stringifyJson } from '@dicache/protocol'
import type { RunOutput, RunRecord } from '@dicache/protocol'
import { layOutPrompt } from '../server/workflows.ts'
import { shownRun } from '../state/app/app-state.ts'
import { openText } from '../state/document/open-document.ts'
import { writeDocument } from '../state/document/write-document.ts'
import { withoutCache } from '../state/edit/without-cache.ts'
import type { RunStatus } from '../state/run/run-view.ts'
import type { Context } from './context.ts'
import { follow, report } from './runs.ts'

/** Queues the run without the cache, and shows the comparison when it is done. */
export async function compareWithUncached(context: Context): Promise<void> {
  const { store, link, toast } = context
  const say = (text: string): void => toast('error', text)
  const run = shownRun(store.state())
  if (run === undefined) return
  const answer = await link.ask('run.get', { runId: run.runId })
  if (!report(context, answer)) return
  const cached = answer.value
  if (pictureOf(cached) === undefined) return say('This run saved no picture to compare.')
  const opened = await openText(cached.document, layOutPrompt)
  if (!opened.ok) return say(opened.message)
  const doc = withoutCache(opened.doc, store.state().catalog)
  if (doc === opened.doc) return say('This run had no step cache that could be switched off.')
  const submitted = await link.ask('run.submit', {
    document: stringifyJson(writeDocument(doc)),
    title: `${(cached.title ?? 'Workflow').slice(0, 180)}, uncached`,
    partial: true,
    targets: [...cached.targets],
  })
  if (!report(context, submitted)) return
  const { runId } = submitted.value
  toast('info', 'The same run without the cache is queued. The pictures are compared when it is done.')
  const told = store.state().toasts.at(-1)?.id
  const status = await endOf(context, runId)
  if (told !== undefined) store.dispatch({ type: 'toast.gone', id: told })
  if (status !== 'finished') return say(`The run without the cache ${status}. There is nothing to compare.`)
  const plain = await link.ask('run.get', { runId })
  if (report(context, plain)) show(context, cached, plain.value)
}

function show({ store, toast, focus }: Context, cached: RunRecord, uncached: RunRecord): void {
  const left = pictureOf(cached)
  const right = left && pictureOf(uncached, left.nodeId)
  if (left === undefined || right === undefined) {
    toast('error', 'The run without the cache saved no picture at the same node.')
    return
  }
  store.dispatch({
    type: 'overlay',
    overlay: { kind: 'compare', left, right, names: ['cached', 'uncached'], view: 'slider' },
  })
  focus('.dialog button')
}

/** The first picture that a run saved, or that one of its nodes saved. */
function pictureOf({ outputs }: RunRecord, nodeId?: string): RunOutput | undefined {
  return outputs.find(
    (output) =>
      /\.(?:png|jpe?g|webp)$/i.test(output.filename) && (nodeId === undefined || output.nodeId === nodeId),
  )
}

/** Resolves when a run has ended, also when the server goes away and comes back meanwhile. */
async function endOf(context: Context, runId: string): Promise<RunStatus> {
  const { store } = context
  const statusOf = (): RunStatus | undefined => store.state().runs.get(runId)?.status
  const hasEnded = (status: RunStatus | undefined): status is RunStatus =>
    status === 'finished' || status === 'failed' || status === 'cancelled'
  store.dispatch({ type: 'run.state', runId, status: 'queued' })
  const ended = new Promise<RunStatus>((resolve) => {
    const stop = store.follow(() => {
      const status = statusOf()
      if (!hasEnded(status)) return
      stop()
      resolve(status)
    })
  })
  await follow(context, runId)
  return ended
}
