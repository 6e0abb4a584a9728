/** Prompts that have ended. */
import { HostError, type RunEvent } from '@dicache/protocol'
import type { ServerServices } from '../../services.ts'
import type { ComfyContext } from '../comfy-context.ts'
import { type ComfyRoute, empty } from '../define-route.ts'
import { historyEntryText } from '../history/history-entry.ts'
import { createTextCache } from '../history/text-cache.ts'
import { CLEAR_OR_DELETE, clearOrDelete } from './queue-routes.ts'

/** ComfyUI keeps no more entries, and shows no more. */
const MAX_ITEMS = 10_000
/** Entries do not change: texts of the last ones asked for are kept, up to these many characters. */
const CACHE_CHARACTERS = 32 * 2 ** 20

export function historyRoutes({ services }: ComfyContext): readonly ComfyRoute[] {
  const { runs } = services
  const cache = createTextCache(CACHE_CHARACTERS)
  /** `"id":{…}` of an ended run; undefined when it is gone. */
  const pairOf = (runId: string): string | undefined => {
    if (!runs.has(runId)) return undefined
    const known = cache.get(runId)
    if (known !== undefined) return known
    const run = runs.get(runId)
    if (run.status === 'pending' || run.status === 'running' || run.startedAtMs === undefined)
      return undefined
    const text = `${JSON.stringify(runId)}:${historyEntryText(run, allEvents(runs, runId))}`
    cache.set(runId, text)
    return text
  }
  return [
    {
      method: 'get',
      path: '/history',
      summary: 'Ended prompts, oldest first',
      query: {
        max_items: {
          description: 'How many at most; without an offset the last ones',
          schema: COUNT,
        },
        offset: {
          description: 'How many of the oldest are left out',
          schema: COUNT,
        },
      },
      answers: { 200: 'Entries by id', 400: 'A number is none' },
      async handle({ query, signal }) {
        const max = wholeNumber(query, 'max_items')
        const offset = wholeNumber(query, 'offset')
        const limit = Math.min(max ?? MAX_ITEMS, MAX_ITEMS)
        if (limit === 0) return { kind: 'text', text: '{}' }
        const page =
          offset === undefined
            ? runs.list({ begun: true, order: 'newest', limit }).runs.toReversed()
            : runs.list({ begun: true, order: 'oldest', limit, offset }).runs
        const pairs: string[] = []
        for (const [at, { runId }] of page.entries()) {
          // A long history is put together in turns, so that events go out meanwhile.
          if (at % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
          signal.throwIfAborted()
          const pair = pairOf(runId)
          if (pair !== undefined) pairs.push(pair)
        }
        return { kind: 'text', text: `{${pairs.join(',')}}` }
      },
    },
    {
      method: 'get',
      path: '/history/{prompt_id}',
      summary: 'One ended prompt',
      parameters: { prompt_id: { description: 'Its id', schema: { type: 'string' } } },
      answers: { 200: 'Its entry by id; empty when it is unknown or has not ended' },
      handle: ({ params: { prompt_id: id = '' } }) => ({ kind: 'text', text: `{${pairOf(id) ?? ''}}` }),
    },
    {
      method: 'post',
      path: '/history',
      summary: 'Deletes ended prompts; their files stay',
      body: { kind: 'json', mediaType: 'application/json', schema: CLEAR_OR_DELETE },
      answers: { 200: 'Done', 400: 'No such body' },
      answerType: '',
      handle(call) {
        const { clear, ids } = clearOrDelete(call)
        if (clear) runs.deleteEnded()
        for (const id of ids) if (runs.has(id) && hasEnded(runs, id)) runs.delete(id)
        return empty()
      },
    },
  ]
}

type Runs = ServerServices['runs']

/** All events of a run, page by page. */
export function* allEvents(runs: Pick<Runs, 'events'>, runId: string): Generator<RunEvent> {
  for (let from = 1; ; ) {
    const page = runs.events(runId, from, 500)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < 500) return
    from = last.seq + 1
  }
}

function hasEnded(runs: Runs, id: string): boolean {
  const { status } = runs.get(id)
  return status !== 'pending' && status !== 'running'
}

/** What {@link wholeNumber} takes; -1 is what ComfyUI's clients send for "not set". */
export const COUNT = { type: 'integer', minimum: -1, maximum: 999_999_999 } as const

/** A number of the query; undefined when it is not there. @throws BAD_REQUEST */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  // ComfyUI's clients send -1 for "not set".
  if (text === '-1') return undefined
  if (!/^\d{1,9}$/.test(text)) throw new HostError('BAD_REQUEST', `"${name}" must be a whole number.`)
  return Number(text)
}
