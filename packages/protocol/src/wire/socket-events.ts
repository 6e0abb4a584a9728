/**
 * The Socket.IO contract between server and editor, on the default namespace and path.
 *
 * Requests are acknowledged with an {@link Answer}. Events of a run are told in order and without gaps to whoever
 * subscribed; a client that reconnects subscribes again from the number after the last one it saw. Previews are not
 * numbered and not kept: a client that is slow misses some of them, and never an event.
 */
import type { EncodedImage } from '../files.ts'
import type { NodeManifest } from '../manifest.ts'
import type { Problem } from '../problem.ts'
import type { RunEvent } from '../run-event.ts'
import type { Acknowledge } from './answer.ts'
import type { HistoryRequest, MoveRequest, RunRequest, SubmitRequest, SubscribeRequest } from './requests.ts'
import type { QueueChange, QueueSnapshot, RunRecord, RunStatus, RunSummary } from './runs.ts'

/** A run that was accepted. */
export type Submitted = {
  readonly runId: string
  readonly number: number
  /** The outputs that will be made. */
  readonly targets: readonly string[]
  /** Warnings; with `partial` also the errors of outputs that are left out. */
  readonly problems: readonly Problem[]
}

/** Events that follow each other in one run, oldest first. A page of a replay holds 500 at most. */
export type EventBatch = { readonly runId: string; readonly events: readonly RunEvent[] }

/** Whose picture it is. The bytes travel beside it, as binary. */
export type PreviewInfo = Omit<EncodedImage, 'base64'> & {
  readonly runId: string
  readonly nodeId: string
  readonly displayId: string
  /** How far the node was: as its last `node.progressed` told. */
  readonly step?: number
  readonly steps?: number
}

/** What the server can run. */
export type NodeList = {
  readonly nodes: readonly NodeManifest[]
  /** The choices of each source that a `ChoiceParam` names, at this moment: `models/vae` → names. */
  readonly choices: Readonly<Record<string, readonly string[]>>
}

/** What became of a wish to cancel. */
export type CancelOutcome =
  /** It was pending, and is cancelled. */
  | 'cancelled'
  /** It runs, and stops after the step it is in. A second wish kills the worker. */
  | 'cancelling'
  /** The worker was killed. */
  | 'killed'
  /** It had ended before. */
  | 'ended'

type Nothing = Readonly<Record<string, never>>

/** What a client sends. Every request has an acknowledgement. */
export type ClientToServerEvents = {
  /** Whole list of nodes and choices. */
  readonly 'nodes.list': (request: Nothing, done: Acknowledge<NodeList>) => void
  /** Answers with the queue, and tells `queue.changed` from then on. */
  readonly 'queue.watch': (request: Nothing, done: Acknowledge<QueueSnapshot>) => void
  readonly 'queue.unwatch': (request: Nothing, done: Acknowledge<null>) => void
  readonly 'queue.pause': (request: Nothing, done: Acknowledge<null>) => void
  readonly 'queue.resume': (request: Nothing, done: Acknowledge<null>) => void
  /** Cancels everything that waits; what runs goes on. */
  readonly 'queue.clear': (request: Nothing, done: Acknowledge<{ readonly cancelled: number }>) => void
  readonly 'run.submit': (request: SubmitRequest, done: Acknowledge<Submitted>) => void
  /** Checks a document as `run.submit` does, and queues nothing. `ok` whatever is found. */
  readonly 'run.validate': (
    request: SubmitRequest,
    done: Acknowledge<Pick<Submitted, 'targets' | 'problems'>>,
  ) => void
  readonly 'run.cancel': (request: RunRequest, done: Acknowledge<CancelOutcome>) => void
  readonly 'run.move': (request: MoveRequest, done: Acknowledge<null>) => void
  readonly 'run.get': (request: RunRequest, done: Acknowledge<RunRecord>) => void
  /** Deletes an ended run from the history. Its files stay. */
  readonly 'run.delete': (request: RunRequest, done: Acknowledge<null>) => void
  /** Answers with the state of the run, then sends `run.events` (and `run.preview`). Again: starts over from `fromSeq`. */
  readonly 'run.subscribe': (
    request: SubscribeRequest,
    done: Acknowledge<{ readonly status: RunStatus; readonly lastSeq: number }>,
  ) => void
  readonly 'run.unsubscribe': (request: RunRequest, done: Acknowledge<null>) => void
  readonly 'history.list': (
    request: HistoryRequest,
    done: Acknowledge<{ readonly runs: readonly RunSummary[]; readonly total: number }>,
  ) => void
  readonly 'history.clear': (request: Nothing, done: Acknowledge<{ readonly deleted: number }>) => void
}

/** What the server sends. */
export type ServerToClientEvents = {
  readonly 'run.events': (batch: EventBatch) => void
  readonly 'run.preview': (info: PreviewInfo, image: ArrayBuffer | Uint8Array) => void
  readonly 'queue.changed': (change: QueueChange) => void
  /** The list of nodes or choices is another one: ask again. */
  readonly 'nodes.changed': () => void
}
