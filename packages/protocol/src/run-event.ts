/**
 * What a run tells: one union, past tense, numbered from 1 per run. Keeping the events and replaying them from any
 * number shows the same run again; browser, terminal and API render this one stream.
 */
import type { EncodedImage } from './files.ts'
import type { ErrorReport } from './host-error.ts'
import type { JsonObject, JsonValue } from './json-value.ts'
import { createSchema } from './schema.ts'
import type { Schema } from './schema.ts'

type EventBase = {
  readonly seq: number
  readonly runId: string
  /** Milliseconds since 1970. */
  readonly atMs: number
}

type NodeBase = EventBase & {
  readonly nodeId: string
  readonly nodeType: string
  /** The node to show it at: another one where the node came from an expansion. */
  readonly displayId: string
}

/** Data for the user interface by kind, such as `{ images: [SavedFile] }`. */
export type UiData = Readonly<Record<string, readonly JsonValue[]>>

/** Why a node did not run. */
export type SkipReason = 'upstream-failed' | 'blocked' | 'stopped' | 'cancelled'

/** One thing that happened in a run. */
export type RunEvent =
  | (EventBase & {
      readonly type: 'run.started'
      /** Every node that outputs depend on. */
      readonly nodes: readonly string[]
      /** Those of them whose results are there already. */
      readonly cached: readonly string[]
      /** The nodes the run is for. */
      readonly targets: readonly string[]
    })
  | (NodeBase & { readonly type: 'node.cached'; readonly ui?: UiData })
  | (NodeBase & { readonly type: 'node.started' })
  | (NodeBase & {
      readonly type: 'node.progressed'
      readonly done: number
      readonly total: number
      readonly detail?: string
    })
  | (NodeBase & { readonly type: 'node.previewed'; readonly image: EncodedImage })
  | (NodeBase & { readonly type: 'node.reported'; readonly name: string; readonly data: JsonValue })
  | (NodeBase & {
      readonly type: 'node.logged'
      readonly level: 'info' | 'warning'
      readonly message: string
    })
  | (NodeBase & { readonly type: 'node.expanded'; readonly nodes: readonly string[] })
  | (NodeBase & { readonly type: 'node.blocked'; readonly message: string })
  | (NodeBase & { readonly type: 'node.finished'; readonly durationMs: number; readonly ui?: UiData })
  | (NodeBase & {
      readonly type: 'node.failed'
      readonly durationMs: number
      readonly error: ErrorReport
      /** The class of what the node threw, such as `RangeError`. */
      readonly errorType: string
      /** What went in, by name: scalars as they are, everything else described in a few words. */
      readonly inputs: JsonObject
    })
  | (NodeBase & { readonly type: 'node.skipped'; readonly reason: SkipReason; readonly cause?: string })
  /** The server or its worker died in the middle: the run waits again, and will begin anew with `run.started`. */
  | (EventBase & { readonly type: 'run.requeued'; readonly reason: ErrorReport })
  | (EventBase & { readonly type: 'run.finished'; readonly durationMs: number })
  | (EventBase & {
      readonly type: 'run.failed'
      readonly durationMs: number
      /** The first failure. */
      readonly error: ErrorReport
      readonly failed: readonly string[]
    })
  | (EventBase & { readonly type: 'run.cancelled'; readonly durationMs: number })

const text = { type: 'string' } as const
const number = { type: 'number' } as const
const names = { type: 'array', items: text } as const
const object = { type: 'object' } as const
const error = {
  type: 'object',
  required: ['code', 'message'],
  properties: { code: text, message: text },
} as const
const image = {
  type: 'object',
  required: ['mimeType', 'widthPx', 'heightPx', 'base64'],
  properties: { mimeType: text, widthPx: number, heightPx: number, base64: text },
} as const

type Fields = Readonly<Record<string, object>>
const event = (type: RunEvent['type'], fields: Fields, optional: Fields = {}): object => ({
  required: [
    'seq',
    'runId',
    'atMs',
    ...(type.startsWith('node.') ? ['nodeId', 'nodeType', 'displayId'] : []),
    ...Object.keys(fields),
  ],
  properties: { type: { const: type }, ...fields, ...optional },
})

/** @see {@link RunEvent} */
export const RunEvent: Schema<RunEvent> = createSchema<RunEvent>('run event', {
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  properties: {
    type: text,
    seq: { type: 'integer', minimum: 1 },
    runId: text,
    atMs: number,
    nodeId: text,
    nodeType: text,
    displayId: text,
  },
  oneOf: [
    event('run.started', { nodes: names, cached: names, targets: names }),
    event('node.cached', {}, { ui: object }),
    event('node.started', {}),
    event('node.progressed', { done: number, total: number }, { detail: text }),
    event('node.previewed', { image }),
    event('node.reported', { name: text, data: {} }),
    event('node.logged', { level: { enum: ['info', 'warning'] }, message: text }),
    event('node.expanded', { nodes: names }),
    event('node.blocked', { message: text }),
    event('node.finished', { durationMs: number }, { ui: object }),
    event('node.failed', { durationMs: number, error, errorType: text, inputs: object }),
    event(
      'node.skipped',
      { reason: { enum: ['upstream-failed', 'blocked', 'stopped', 'cancelled'] } },
      { cause: text },
    ),
    event('run.requeued', { reason: error }),
    event('run.finished', { durationMs: number }),
    event('run.failed', { durationMs: number, error, failed: names }),
    event('run.cancelled', { durationMs: number }),
  ],
})
