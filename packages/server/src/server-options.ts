/** How a server is set up. Everything has a default but the home. */
import type { DeviceChoice, ResultCacheOptions } from '@dicache/host'
import type { SecurityOptions } from './security/security-options.ts'

export type ServerOptions = {
  /** The user's folder: models, inputs, outputs, `state.sqlite`. */
  readonly home: string
  /** @defaultValue 8188; 0 takes a free one */
  readonly port?: number
  /** The address to listen on. @defaultValue '127.0.0.1' */
  readonly host?: string
  /** More folders of models, in ComfyUI's layout. */
  readonly models?: readonly string[]
  /** Where outputs go instead of `home/output`. */
  readonly output?: string
  /** @defaultValue 'auto' */
  readonly device?: DeviceChoice
  /** Threads inside an operator. @defaultValue 0, one per physical core */
  readonly threads?: number
  /** Which results of nodes are kept. @defaultValue 256 MiB in memory, nothing on disk */
  readonly cache?: ResultCacheOptions
  /** A folder with the built editor, `index.html` in it. @defaultValue a page that says what there is */
  readonly editor?: string
  /** A folder of example workflows. */
  readonly workflows?: string
  /** @defaultValue 'info' */
  readonly logLevel?: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  /** Where log lines go. @defaultValue stderr */
  readonly logTo?: { readonly write: (line: string) => void }
  readonly worker?: WorkerLimits
  readonly queue?: QueueLimits
  /** Names of the server, and the token that callers need. */
  readonly security?: SecurityOptions
  /** Modules with more packs (`export const pack`), by specifier or file URL. Worker and server load them. */
  readonly packs?: readonly string[]
}

/** When a run worker is given up. */
export type WorkerLimits = {
  /** Resident memory over this kills the worker, in bytes. @defaultValue no limit */
  readonly maxRssBytes?: number
  /** Heap of JavaScript, in MB: weights are not in it. @defaultValue Node's own limit */
  readonly maxHeapMb?: number
  /** A worker whose event loop does not turn for this long is stuck. A step on a CPU may take minutes. @defaultValue 1,800,000 */
  readonly stuckAfterMs?: number
  /** A node that runs for longer than this fails its run. @defaultValue no limit */
  readonly nodeTimeoutMs?: number
}

/** How much the server keeps, and what it does with runs that were cut off. */
export type QueueLimits = {
  /** Pending runs beyond this are refused with QUEUE_FULL. @defaultValue 10,000 */
  readonly maxPending?: number
  /** Ended runs beyond this are dropped, oldest first, with their events. @defaultValue 10,000 */
  readonly keepRuns?: number
  /** Bytes of events that are kept, over all ended runs. @defaultValue 512 MiB */
  readonly keepEventBytes?: number
  /** What happens to a run that was going when the server died. @defaultValue 'resume': it begins anew, in its place */
  readonly interrupted?: 'resume' | 'fail'
  /** How often a run is begun, when worker or server die in it, before it fails. @defaultValue 3 */
  readonly maxAttempts?: number
}
