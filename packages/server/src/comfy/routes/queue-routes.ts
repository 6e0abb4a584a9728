/** The queue: what waits, what runs, and how it is stopped. */
import { HostError, isJsonArray, isJsonObject, type JsonObject, type RunSummary } from '@dicache/protocol'
import type { ComfyContext } from '../comfy-context.ts'
import { type Call, type ComfyRoute, empty } from '../define-route.ts'
import { promptTupleText } from '../history/history-entry.ts'

export function queueRoutes({ services }: ComfyContext): readonly ComfyRoute[] {
  const { runs } = services
  const tupleOf = (summary: RunSummary): readonly string[] =>
    // It may have ended and been deleted meanwhile.
    runs.has(summary.runId) ? [promptTupleText(runs.get(summary.runId))] : []
  return [
    {
      method: 'get',
      path: '/queue',
      summary: 'What runs and what waits',
      answers: { 200: 'Two lists of prompts' },
      handle() {
        const { running, pending } = runs.queue()
        const lists = [running, pending].map((list) => list.flatMap(tupleOf).join(','))
        return { kind: 'text', text: `{"queue_running":[${lists[0]}],"queue_pending":[${lists[1]}]}` }
      },
    },
    {
      method: 'post',
      path: '/queue',
      summary: 'Takes waiting prompts out',
      body: { kind: 'json', mediaType: 'application/json', schema: CLEAR_OR_DELETE },
      answers: { 200: 'Done', 400: 'No such body' },
      answerType: '',
      handle(call) {
        const { clear, ids } = clearOrDelete(call)
        if (clear) runs.clear()
        for (const id of ids) if (runs.has(id) && runs.get(id).status === 'pending') runs.cancel(id)
        return empty()
      },
    },
    {
      method: 'post',
      path: '/interrupt',
      summary: 'Stops what runs; with an id only if it is that prompt',
      body: {
        kind: 'json',
        mediaType: 'application/json',
        // Whatever is no such object counts as an empty one.
        schema: { description: '{ "prompt_id": "…" }' },
        optional: true,
      },
      answers: { 200: 'Done' },
      answerType: '',
      handle(call) {
        const wanted = lenientObject(call)['prompt_id']
        const current = runs.current()
        if (
          current !== undefined &&
          (wanted === undefined || wanted === null || wanted === current.run.runId)
        )
          runs.cancel(current.run.runId)
        return empty()
      },
    },
    {
      method: 'post',
      path: '/free',
      summary: 'Unloads models, drops kept results',
      body: {
        kind: 'json',
        mediaType: 'application/json',
        schema: { description: '{ "unload_models": true, "free_memory": true }' },
        optional: true,
      },
      answers: { 200: 'Done' },
      answerType: '',
      handle(call) {
        const wish = lenientObject(call)
        const results = wish['free_memory'] === true
        const models = results || wish['unload_models'] === true
        // Like ComfyUI it answers at once; the worker does it when nothing runs.
        if (models)
          services.worker.free({ models, results }).catch((error: unknown) => {
            services.log.warn({ err: error }, 'memory could not be freed')
          })
        return empty()
      },
    },
  ]
}

/** The body of `POST /queue` and `POST /history`. */
export const CLEAR_OR_DELETE = {
  type: 'object',
  // Ids of other kinds are unknown ids, which are passed over.
  properties: { clear: { description: 'true: all of them' }, delete: { type: 'array' } },
} as const

/** Reads it. @throws BAD_REQUEST when it is no such body */
export function clearOrDelete(call: Call): { readonly clear: boolean; readonly ids: readonly string[] } {
  const body = call.json()
  if (!isJsonObject(body))
    throw new HostError('BAD_REQUEST', 'The body must be {"clear": true} or {"delete": [id, …]}.')
  const { clear, delete: listed = [] } = body
  if (!isJsonArray(listed)) throw new HostError('BAD_REQUEST', '"delete" must be a list of prompt ids.')
  return { clear: clear === true, ids: listed.filter((id) => typeof id === 'string') }
}

/** An empty body and a broken one count as `{}`, as in ComfyUI. */
function lenientObject(call: Call): JsonObject {
  try {
    const body = call.json()
    return isJsonObject(body) ? body : {}
  } catch {
    return {}
  }
}
