/** An ended run as an entry of ComfyUI's history. */
import { type JsonObject, type JsonValue, type RunEvent, stringifyJson } from '@dicache/protocol'
import type { StoredRun } from '../../services.ts'
import { extraDataOf } from '../prompt/parse-prompt-request.ts'
import { createEventMapper } from '../socket/event-messages.ts'

/** What the events of a run come to. */
export type RunOutcome = {
  readonly outputs: JsonObject
  readonly messages: readonly JsonValue[]
  readonly meta: JsonObject
}

/** Messages that the history keeps. */
const KEPT = new Set([
  'execution_start',
  'execution_cached',
  'execution_success',
  'execution_error',
  'execution_interrupted',
])

/** Sums up the events of a run; of a run that was begun again, those of its last attempt. */
export function outcomeOf(runId: string, events: Iterable<RunEvent>): RunOutcome {
  const mapper = createEventMapper(runId)
  const outputs = new Map<string, JsonValue>()
  const meta = new Map<string, JsonValue>()
  const messages: JsonValue[] = []
  for (const event of events) {
    if (event.type === 'run.started') {
      outputs.clear()
      meta.clear()
      messages.length = 0
    }
    for (const { type, data } of mapper.map(event).messages)
      if (KEPT.has(type) && data['timestamp'] !== undefined) messages.push([type, data])
    if ((event.type === 'node.finished' || event.type === 'node.cached') && event.ui !== undefined) {
      outputs.set(event.nodeId, event.ui)
      meta.set(event.nodeId, {
        node_id: event.nodeId,
        display_node: event.displayId,
        parent_node: event.displayId === event.nodeId ? null : event.displayId,
        real_node_id: event.nodeId,
      })
    }
  }
  return { outputs: Object.fromEntries(outputs), messages, meta: Object.fromEntries(meta) }
}

/** The entry as JSON text; the prompt is put in as it is stored, so that its numbers stay what they are. */
export function historyEntryText(run: StoredRun, events: Iterable<RunEvent>): string {
  const { outputs, messages, meta } = outcomeOf(run.runId, events)
  const isDone = run.status === 'finished'
  const status = { status_str: isDone ? 'success' : 'error', completed: isDone, messages }
  return `{"prompt":${promptTupleText(run)},"outputs":${stringifyJson(outputs)},"status":${stringifyJson(status)},"meta":${stringifyJson(meta)}}`
}

/** `[number, prompt_id, prompt, extra_data, outputs_to_execute]` as JSON text: an item of the queue, too. */
export function promptTupleText(run: StoredRun): string {
  return `[${String(run.number)},${JSON.stringify(run.runId)},${run.prompt},${stringifyJson(extraDataOf(run))},${JSON.stringify(run.targets)}]`
}
