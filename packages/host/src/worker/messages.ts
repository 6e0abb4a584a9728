/** What server and run worker say to each other. Never a tensor: documents, events as JSON text, encoded pictures. */
import type { UsedModel } from '@dicache/engine'
import type { ErrorReport, PreviewInfo, RunOutput } from '@dicache/protocol'
import type { HostOptions } from '../create-host.ts'

/** How the worker's host is made: plain values only. */
export type WorkerHostOptions = Omit<HostOptions, 'packs' | 'onSaved'>

/** A run for the worker. */
export type WorkerRun = {
  readonly runId: string
  /** The workflow as JSON text, UI or API format. */
  readonly document: string
  readonly targets: readonly string[]
  /** For nodes that store the editor's document, JSON text. @defaultValue the document itself */
  readonly editorDocument?: string
}

/** What to let go of. */
export type FreeRequest = { readonly models: boolean; readonly results: boolean }

/** To the worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly options: WorkerHostOptions }
  | { readonly type: 'run'; readonly run: WorkerRun }
  | { readonly type: 'abort'; readonly runId: string }
  | ({ readonly type: 'free'; readonly id: number } & FreeRequest)
  /** Dispose and end. */
  | { readonly type: 'quit' }

/** From the worker. */
export type FromWorker =
  | { readonly type: 'ready' }
  /** It cannot start at all: a pack that does not load, say. */
  | { readonly type: 'unable'; readonly error: ErrorReport }
  /** Events in order, each as JSON text; the last one of a run comes with `ended`. Their `seq` is not meant for clients: it counts previews too. */
  | { readonly type: 'events'; readonly runId: string; readonly events: readonly string[] }
  | { readonly type: 'preview'; readonly info: PreviewInfo; readonly bytes: Uint8Array }
  | { readonly type: 'saved'; readonly runId: string; readonly file: RunOutput }
  /** The run depends on a weight file: it opened it, or takes a result that was made with it. */
  | { readonly type: 'model'; readonly runId: string; readonly model: UsedModel }
  | ({ readonly type: 'ended'; readonly runId: string } & WorkerEnd)
  | { readonly type: 'freed'; readonly id: number; readonly error?: ErrorReport }
  /** The event loop turns. */
  | { readonly type: 'alive'; readonly rssBytes: number }

/** How a run ended in the worker: with the last events, or with an error when it could not begin. */
export type WorkerEnd = {
  readonly events: readonly string[]
  readonly error?: ErrorReport
  /** Where graphs ran, once one was opened. */
  readonly device?: string
}

/** What is known of a worker. */
export type WorkerFacts = {
  readonly pid: number
  readonly rssBytes: number
  readonly device: string | undefined
  /** How many workers there were before this one. */
  readonly restarts: number
}
