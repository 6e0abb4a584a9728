/** What clients may ask, each with the schema that the server accepts it by. */
import { createSchema } from '../schema.ts'
import type { Schema } from '../schema.ts'

/** A run to put into the queue. */
export type SubmitRequest = {
  /** The workflow as JSON text, UI or API format. Text, because 64-bit seeds do not survive JavaScript's numbers. */
  readonly document: string
  /** `name=value` settings, as on the command line. */
  readonly settings?: readonly string[]
  /** The output nodes to run. @defaultValue every one */
  readonly targets?: readonly string[]
  /** Go before everything that waits. @defaultValue false */
  readonly front?: boolean
  /** Run the outputs that nothing is wrong with, when some cannot run. @defaultValue false */
  readonly partial?: boolean
  /** Shown in queue and history. */
  readonly title?: string
}

/** @see {@link SubmitRequest} */
export const SubmitRequest: Schema<SubmitRequest> = createSchema<SubmitRequest>('submission', {
  type: 'object',
  required: ['document'],
  additionalProperties: false,
  properties: {
    document: { type: 'string' },
    settings: { type: 'array', maxItems: 1000, items: { type: 'string' } },
    targets: { type: 'array', maxItems: 10_000, items: { type: 'string', maxLength: 1000 } },
    front: { type: 'boolean' },
    partial: { type: 'boolean' },
    title: { type: 'string', maxLength: 500 },
  },
})

const runId = { type: 'string', minLength: 1, maxLength: 200 } as const
const whole = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const

/** Names one run. */
export type RunRequest = { readonly runId: string }

/** @see {@link RunRequest} */
export const RunRequest: Schema<RunRequest> = createSchema<RunRequest>('request', {
  type: 'object',
  required: ['runId'],
  additionalProperties: false,
  properties: { runId },
})

/** Asks for the events of a run from a number on: those that are kept first, then the new ones as they happen. */
export type SubscribeRequest = {
  readonly runId: string
  /** The first event wanted; the last one seen plus one. @defaultValue 1 */
  readonly fromSeq?: number
  /** Send pictures of the state so far, too. @defaultValue true */
  readonly previews?: boolean
}

/** @see {@link SubscribeRequest} */
export const SubscribeRequest: Schema<SubscribeRequest> = createSchema<SubscribeRequest>('subscription', {
  type: 'object',
  required: ['runId'],
  additionalProperties: false,
  properties: { runId, fromSeq: whole, previews: { type: 'boolean' } },
})

/** Moves a pending run. */
export type MoveRequest = {
  readonly runId: string
  /** The pending run that it goes before; null: to the end. */
  readonly before: string | null
}

/** @see {@link MoveRequest} */
export const MoveRequest: Schema<MoveRequest> = createSchema<MoveRequest>('move', {
  type: 'object',
  required: ['runId', 'before'],
  additionalProperties: false,
  properties: { runId, before: { ...runId, type: ['string', 'null'] } },
})

/** A page of the runs that have ended, newest first. */
export type HistoryRequest = {
  /** @defaultValue 50 */
  readonly limit?: number
  /** Only runs that ended before this time (milliseconds since 1970): the `endedAtMs` of the last one of the page before. */
  readonly beforeMs?: number
}

/** @see {@link HistoryRequest} */
export const HistoryRequest: Schema<HistoryRequest> = createSchema<HistoryRequest>('page', {
  type: 'object',
  additionalProperties: false,
  properties: { limit: { type: 'integer', minimum: 1, maximum: 500 }, beforeMs: { type: 'number' } },
})
