/** What server and run worker say to each other. Never a tensor: documents, events as JSON text, encoded pictures. */
import type { ErrorReport, PreviewInfo, SavedFile } from '@dicache/protocol'
import type { HostOptions } from '../create-host.ts'

/** How the worker's host is made: plain values only. */
export type WorkerHostOptions = Omit<HostOptions, 'packs'>

/** A run for the worker. */
export type WorkerRun = {
  readonly runId: string
  /** The workflow as JSON text, UI or API format. */
  readonly document: string
  readonly targets: readonly string[]
  /** For nodes that store the editor's document, JSON text. @defaultValue the document itself */
  readonly editorDocument?: string
}

/** To the worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly options: WorkerHostOptions }
  | { readonly type: 'run'; readonly run: WorkerRun }
  | { readonly type: 'abort'; readonly runId: string }
  | { readonly type: 'free'; readonly id: number; readonly models: boolean; readonly results: boolean }
  /** End when nothing runs. */
  | { readonly type: 'quit' }

/** A file that was saved, with its bytes' hash. */
export type WorkerSaved = SavedFile & { readonly sizeBytes: number; readonly sha256: string }

/** From the worker. */
export type FromWorker =
  | { readonly type: 'ready'; readonly device: string | undefined }
  /** Events in order, each as JSON text. Their `seq` counts within this attempt, and counts previews. */
  | { readonly type: 'events'; readonly runId: string; readonly events: readonly string[] }
  | { readonly type: 'preview'; readonly info: PreviewInfo; readonly bytes: Uint8Array }
  | { readonly type: 'saved'; readonly runId: string; readonly file: WorkerSaved }
  /** The run is over; its last event came before. `error`: it could not even begin. */
  | {
      readonly type: 'ended'
      readonly runId: string
      readonly device: string | undefined
      readonly error?: ErrorReport
    }
  | { readonly type: 'freed'; readonly id: number; readonly error?: ErrorReport }
  /** The event loop turns. */
  | { readonly type: 'alive'; readonly rssBytes: number; readonly node: string | undefined }

/** What is known of a worker. */
export type WorkerFacts = {
  readonly pid: number
  readonly rssBytes: number
  /** Where graphs run, once one was opened. */
  readonly device: string | undefined
  /** How many workers there were before this one. */
  readonly restarts: number
}
