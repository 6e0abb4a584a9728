/** What the parts of the server work with. They get these values, and import nothing of what is behind them. */
import type { ConvertedWorkflow, Format, Host, HomeFolders, OpenedWorkflow, WorkerFacts } from '@dicache/host'
import type {
  CancelOutcome,
  ErrorReport,
  JsonObject,
  JsonValue,
  NodeList,
  PreviewInfo,
  Problem,
  QueueChange,
  QueueSnapshot,
  RunEvent,
  RunRecord,
  RunSummary,
  Submitted,
} from '@dicache/protocol'
import type { Logger } from 'pino'
import type { ServerOptions } from './server-options.ts'

/** Numbers of the server and its runs. */
export type Metrics = {
  /** What they are now, as Prometheus reads them. */
  readonly read: () => Promise<{ readonly text: string; readonly contentType: string }>
}

export type ServerServices = {
  readonly options: ServerOptions
  readonly runs: RunService
  readonly catalogue: NodeCatalogue
  readonly worker: WorkerControl
  /** Absolute paths of input, output, temp and model folders. */
  readonly folders: HomeFolders
  readonly models: Host['models']
  readonly log: Logger
  readonly metrics: Metrics
}

/** A run to put into the queue. */
export type Submission = {
  /** What `catalogue.open` gave. */
  readonly opened: OpenedWorkflow
  /** Run the outputs that can run, when others have errors. @defaultValue false */
  readonly partial?: boolean
  /** @defaultValue a new UUID */
  readonly runId?: string
  /** Its place, smallest first. @defaultValue a counter, so that it goes last */
  readonly number?: number
  /** Go before everything that waits (the counter's negative). */
  readonly front?: boolean
  readonly clientId?: string
  readonly title?: string
  /** The editor's document for nodes that store it, when the document that runs is another one (`extra_pnginfo.workflow`). */
  readonly editorDocument?: JsonValue
  /** Kept with the run and given back as it is, for protocols of their own. Never secrets. */
  readonly extra?: JsonObject
}

export type SubmitResult =
  | ({ readonly ok: true } & Submitted)
  /** `problems` are all that is wrong with the document; empty when the queue is the reason. */
  | { readonly ok: false; readonly error: ErrorReport; readonly problems: readonly Problem[] }

/** Which runs to list. */
export type RunFilter = {
  /** @defaultValue ended ones */
  readonly status?: readonly RunSummary['status'][]
  /** Leave out runs that were cancelled before they began. @defaultValue false */
  readonly begun?: boolean
  /** By the time of their end (pending ones: by their place). @defaultValue 'newest' */
  readonly order?: 'newest' | 'oldest'
  readonly limit?: number
  readonly offset?: number
  /** Only runs that ended before this time. */
  readonly beforeMs?: number
}

/** A run with what its submitter gave along. */
export type StoredRun = RunRecord & {
  readonly extra?: JsonObject
  /** JSON text. */
  readonly editorDocument?: string
}

/** The queue, the history and the events: all in the database, and there again after a crash. */
export type RunService = {
  /** Resolves when the run is on the disk. Its number is taken at the call: two calls keep their order. */
  readonly submit: (submission: Submission) => Promise<SubmitResult>
  /** Resolves when everything that was changed before the call is on the disk: wait for it before you promise a change. */
  readonly flushed: () => Promise<void>
  /** A second wish for a run that is being cancelled kills the worker. @throws HostError UNKNOWN_RUN */
  readonly cancel: (runId: string) => CancelOutcome
  /** Moves a pending run before another one, or (undefined) to the end. @throws HostError UNKNOWN_RUN, RUN_NOT_PENDING */
  readonly move: (runId: string, before: string | undefined) => void
  readonly pause: () => void
  readonly resume: () => void
  /** Cancels all pending runs; gives how many. */
  readonly clear: () => number
  readonly queue: () => QueueSnapshot
  /** How many runs wait or are going. */
  readonly remaining: () => number
  readonly isPaused: () => boolean
  /** The run that the worker is at, and the node it is in. */
  readonly current: () => { readonly run: RunSummary; readonly nodeId: string | undefined } | undefined
  /** @throws HostError UNKNOWN_RUN */
  readonly get: (runId: string) => StoredRun
  /** The same without its texts. @throws HostError UNKNOWN_RUN */
  readonly summary: (runId: string) => RunSummary
  readonly has: (runId: string) => boolean
  readonly list: (filter?: RunFilter) => { readonly runs: readonly RunSummary[]; readonly total: number }
  /** Deletes an ended run and its events; its files stay. @throws HostError UNKNOWN_RUN, RUN_NOT_ENDED */
  readonly delete: (runId: string) => void
  /** Deletes all ended runs; gives how many. */
  readonly deleteEnded: () => number
  /** Kept events of a run from a number on, in order. @throws HostError UNKNOWN_RUN */
  readonly events: (runId: string, fromSeq?: number, limit?: number) => readonly RunEvent[]
  /** Tells every event of every run as it happens, after it is stored. Gives the function that ends it. */
  readonly onEvent: (listener: (event: RunEvent, run: RunSummary) => void) => () => void
  readonly onPreview: (
    listener: (info: PreviewInfo, bytes: Uint8Array, run: RunSummary) => void,
  ) => () => void
  /** At most once a turn of the event loop, all that changed in it. */
  readonly onQueueChange: (listener: (change: QueueChange) => void) => () => void
}

/** The nodes, as data; opening and checking documents. Never loads ONNX Runtime. */
export type NodeCatalogue = {
  readonly manifests: Host['registry']['manifests']
  readonly get: Host['registry']['get']
  /** The names that a `ChoiceParam.source` stands for now. */
  readonly choices: (source: string) => Promise<readonly string[]>
  /** Manifests and all choices. */
  readonly list: () => Promise<NodeList>
  /**
   * Reads, compiles and checks a document of either format; throws nothing that is wrong with it.
   * @param source JSON text, or a value from `parseJson(text, { keepFloats: true })`
   */
  readonly open: (source: string | JsonValue, options?: OpenOptions) => Promise<OpenedWorkflow>
  /** Writes a workflow's text in the other format; `text` is undefined when it cannot be read. */
  readonly convert: (text: string, to: Format) => Promise<ConvertedWorkflow>
}

export type OpenOptions = {
  readonly settings?: readonly string[]
  readonly targets?: readonly string[]
  readonly signal?: AbortSignal
}

/** The process that runs. */
export type WorkerControl = {
  /** Unloads models or drops kept results, when nothing runs or after the run that is going. */
  readonly free: (what: { readonly models?: boolean; readonly results?: boolean }) => Promise<void>
  /** Process id, memory and device; undefined while there is no worker. */
  readonly facts: () => WorkerFacts | undefined
}
