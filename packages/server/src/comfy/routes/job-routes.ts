/** Runs as the jobs of newer ComfyUI versions. */
import { HostError, type JsonObject, type JsonValue, type RunSummary } from '@dicache/protocol'
import type { StoredRun } from '../../services.ts'
import type { ComfyContext } from '../comfy-context.ts'
import { type ComfyRoute, json } from '../define-route.ts'
import { outcomeOf } from '../history/history-entry.ts'
import { extraDataOf } from '../prompt/parse-prompt-request.ts'
import { allEvents, COUNT, wholeNumber } from './history-routes.ts'

const STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const
const ONE_STATUS = `(${STATUSES.join('|')})`
const STATUS_LIST = `^(${ONE_STATUS}( *, *${ONE_STATUS})*)?$`
type JobStatus = (typeof STATUSES)[number]

const OF_RUN: Readonly<Record<RunSummary['status'], JobStatus>> = {
  pending: 'pending',
  running: 'in_progress',
  finished: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
}
const TO_RUN: Readonly<Record<JobStatus, RunSummary['status']>> = {
  pending: 'pending',
  in_progress: 'running',
  completed: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
}
const MAX_JOBS = 10_000

export function jobRoutes({ services }: ComfyContext): readonly ComfyRoute[] {
  const { runs } = services
  return [
    {
      method: 'get',
      path: '/jobs',
      summary: 'All prompts, waiting and ended, as jobs',
      query: {
        status: {
          description: 'Only these, separated by commas',
          schema: { type: 'string', pattern: STATUS_LIST, examples: ['completed,failed'] },
        },
        sort_by: {
          description: 'What they are sorted by',
          schema: { enum: ['created_at', 'execution_duration'], default: 'created_at' },
        },
        sort_order: { description: 'Its direction', schema: { enum: ['asc', 'desc'], default: 'desc' } },
        limit: { description: 'How many at most', schema: { ...COUNT, not: { const: 0 } } },
        offset: { description: 'How many are left out', schema: COUNT },
        workflow_id: { description: 'Only of this workflow', schema: { type: 'string' } },
      },
      answers: { 200: 'Jobs and the page they are', 400: 'A parameter is not what it can be' },
      async handle({ query, signal }) {
        const status = statusesIn(query).map((name) => TO_RUN[name])
        const listed = runs.list({ status, order: 'newest', limit: MAX_JOBS }).runs
        const wanted = query.get('workflow_id')
        const matching: RunSummary[] = []
        for await (const run of inTurns(listed, signal))
          if (wanted === null || (runs.has(run.runId) && workflowId(runs.get(run.runId)) === wanted))
            matching.push(run)
        const sorted = sortJobs(matching, query)
        const offset = wholeNumber(query, 'offset') ?? 0
        const limit = wholeNumber(query, 'limit')
        if (limit === 0) throw new HostError('BAD_REQUEST', '"limit" must be 1 or more.')
        const page = sorted.slice(offset, limit === undefined ? undefined : offset + limit)
        const jobs: JsonObject[] = []
        for await (const { runId } of inTurns(page, signal))
          if (runs.has(runId)) jobs.push(jobOf(runs.get(runId)))
        return json({
          jobs,
          pagination: {
            offset,
            limit: limit ?? null,
            total: sorted.length,
            has_more: offset + page.length < sorted.length,
          },
        })
      },
    },
    {
      method: 'get',
      path: '/jobs/{job_id}',
      summary: 'One job with its outputs and its workflow',
      parameters: { job_id: { description: 'Its id', schema: { type: 'string' } } },
      answers: { 200: 'The job', 404: 'There is none' },
      handle({ params: { job_id: id = '' } }) {
        if (!runs.has(id)) return json({ error: 'Job not found' }, 404)
        const run = runs.get(id)
        const { outputs, messages } = outcomeOf(id, allEvents(runs, id))
        const isDone = run.status === 'finished'
        return json({
          ...jobOf(run),
          outputs,
          execution_status: { status_str: isDone ? 'success' : 'error', completed: isDone, messages },
          workflow: { prompt: JSON.parse(run.prompt) as JsonValue, extra_data: extraDataOf(run) },
        })
      },
    },
  ]
}

/** The items, a few at a time: a long history is put together in turns, so that events go out meanwhile. */
async function* inTurns<T>(items: readonly T[], signal: AbortSignal): AsyncGenerator<T> {
  for (const [at, item] of items.entries()) {
    if (at % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    yield item
  }
}

function jobOf(run: StoredRun): JsonObject {
  const [first] = run.outputs
  return {
    id: run.runId,
    status: OF_RUN[run.status],
    priority: run.number,
    create_time: run.createdAtMs,
    execution_start_time: run.startedAtMs ?? null,
    execution_end_time: run.endedAtMs ?? null,
    execution_error:
      run.error === undefined
        ? null
        : {
            exception_message: run.error.message,
            exception_type: run.error.code,
            node_id: run.error.nodeId ?? null,
          },
    outputs_count: run.outputs.length,
    preview_output:
      first === undefined
        ? null
        : {
            filename: first.filename,
            subfolder: first.subfolder,
            type: first.type,
            nodeId: first.nodeId,
            mediaType: 'images',
          },
    workflow_id: workflowId(run),
  }
}

function workflowId({ extra }: { readonly extra?: JsonObject }): string | null {
  const id = extra?.['workflow_id']
  return typeof id === 'string' ? id : null
}

function statusesIn(query: URLSearchParams): readonly JobStatus[] {
  const text = query.get('status') ?? ''
  if (text === '') return STATUSES
  return text.split(',').map((name) => {
    const found = STATUSES.find((status) => status === name.trim())
    if (found === undefined)
      throw new HostError('BAD_REQUEST', `"status" must be among ${STATUSES.join(', ')}.`)
    return found
  })
}

function sortJobs(list: readonly RunSummary[], query: URLSearchParams): readonly RunSummary[] {
  const by = query.get('sort_by') ?? 'created_at'
  const order = query.get('sort_order') ?? 'desc'
  if (by !== 'created_at' && by !== 'execution_duration')
    throw new HostError('BAD_REQUEST', '"sort_by" must be created_at or execution_duration.')
  if (order !== 'asc' && order !== 'desc')
    throw new HostError('BAD_REQUEST', '"sort_order" must be asc or desc.')
  const keyOf = ({ createdAtMs, startedAtMs, endedAtMs }: RunSummary): number =>
    by === 'created_at' ? createdAtMs : (endedAtMs ?? 0) - (startedAtMs ?? 0)
  const sign = order === 'asc' ? 1 : -1
  return list.toSorted((a, b) => sign * (keyOf(a) - keyOf(b)))
}
