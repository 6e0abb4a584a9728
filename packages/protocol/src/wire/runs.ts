/** Runs as clients see them: in the queue, in the history, and one with everything that is known of it. */
import type { SavedFile } from '../files.ts'
import type { ErrorReport } from '../host-error.ts'
import type { Problem } from '../problem.ts'

/** Where a run is on its way. The last three are ends: nothing changes any more. */
export type RunStatus = 'pending' | 'running' | 'finished' | 'failed' | 'cancelled'

/** One run, small enough for lists. Times are milliseconds since 1970. */
export type RunSummary = {
  readonly runId: string
  readonly status: RunStatus
  /** Its place: pending runs go in the order of this number, smallest first. */
  readonly number: number
  /** The client that asked for it. */
  readonly clientId?: string
  /** What the client calls it, such as the name of the workflow. */
  readonly title?: string
  readonly createdAtMs: number
  /** When it began the last time; not there for a run that never did. */
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  /** How often it was begun: more than once when the server or its worker died meanwhile. */
  readonly attempts: number
  /** The number of its last event; 0 when there is none. */
  readonly lastSeq: number
  /** Why it failed. */
  readonly error?: ErrorReport
  /** The first files that it saved, for a thumbnail. */
  readonly files: readonly SavedFile[]
}

/** The queue at one moment. */
export type QueueSnapshot = {
  /** Rises with every change; a change that does not follow on the last one was missed: ask for a snapshot. */
  readonly revision: number
  /** Nothing new is begun while it is paused. */
  readonly paused: boolean
  /** How many runs are pending or running, also those that the list leaves out. */
  readonly remaining: number
  readonly running: readonly RunSummary[]
  /** In their order, 1,000 at most. */
  readonly pending: readonly RunSummary[]
}

/** What became different since the revision before. */
export type QueueChange = {
  readonly revision: number
  readonly paused: boolean
  readonly remaining: number
  /** Runs that are new or changed, ended ones too; a client sorts them in by `number`. */
  readonly changed: readonly RunSummary[]
  /** Runs that were deleted, from queue or history. */
  readonly removed: readonly string[]
}

/** A file that a run saved. */
export type RunOutput = SavedFile & {
  readonly nodeId: string
  readonly sizeBytes: number
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string
}

/** A weight file that a run chose. */
export type RunModel = {
  /** ComfyUI's folder name, such as `diffusion_models`. */
  readonly folder: string
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** SHA-256 of the file; not there until it is computed in the background. */
  readonly sha256?: string
}

/** A seed that a run used, as decimal text: JSON numbers of clients cannot hold it. */
export type RunSeed = { readonly nodeId: string; readonly param: string; readonly seed: string }

/** How long a node took, and how it ended. */
export type NodeTiming = {
  readonly nodeId: string
  readonly nodeType: string
  readonly status: 'executed' | 'cached' | 'failed' | 'skipped'
  readonly durationMs: number
}

/** The versions that a run was made with. */
export type RunVersions = {
  readonly program: string
  readonly node: string
  /** Such as `linux-x64`. */
  readonly platform: string
  /** Where graphs ran; not there when none did. */
  readonly device?: string
  /** The versions of the node types that the run is made of. */
  readonly nodeTypes: Readonly<Record<string, number>>
}

/** Everything about a run. `document` and `prompt` are JSON texts: 64-bit numbers stay exact. */
export type RunRecord = RunSummary & {
  /** The workflow as it was run, settings written in. */
  readonly document: string
  /** The same in the API format, constants converted: what nodes were given. */
  readonly prompt: string
  /** The output nodes that it is for. */
  readonly targets: readonly string[]
  readonly problems: readonly Problem[]
  readonly seeds: readonly RunSeed[]
  readonly models: readonly RunModel[]
  readonly versions: RunVersions
  readonly timings: readonly NodeTiming[]
  readonly outputs: readonly RunOutput[]
}
