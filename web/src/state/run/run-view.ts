/** What a run looks like so far: a pure fold over its numbered events, the same live and replayed. */
import type { ErrorReport, JsonObject, JsonValue, RunEvent, SavedFile } from '@dicache/protocol'
import { isJsonArray, isJsonObject } from '@dicache/protocol'

export type NodeStatus = 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'skipped' | 'blocked'

/** A picture of the state so far, as it came over the socket. */
export type LivePreview = {
  readonly mimeType: string
  readonly widthPx: number
  readonly heightPx: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** One node of a run. */
export type NodeRun = {
  readonly status: NodeStatus
  readonly startedAtMs?: number
  readonly durationMs?: number
  readonly done?: number
  readonly total?: number
  readonly detail?: string
  readonly message?: string
  readonly preview?: LivePreview
  readonly files: readonly SavedFile[]
  /** What it shows in words. */
  readonly text?: string
}

export type RunStatus = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled'

/** One run. `lastSeq` is the number of the last event that is in it. */
export type RunView = {
  readonly runId: string
  readonly status: RunStatus
  readonly lastSeq: number
  readonly startedAtMs?: number
  readonly durationMs?: number
  readonly order: readonly string[]
  readonly nodes: ReadonlyMap<string, NodeRun>
  /** Step-cache events by node, in order. */
  readonly steps: ReadonlyMap<string, readonly JsonObject[]>
  /** Reports of samplers by node. */
  readonly reports: ReadonlyMap<string, JsonObject>
  readonly error?: ErrorReport
  readonly log: readonly string[]
}

const MAX_LOG = 100

export function newRun(runId: string, status: RunStatus = 'queued'): RunView {
  return {
    runId,
    status,
    lastSeq: 0,
    order: [],
    nodes: new Map(),
    steps: new Map(),
    reports: new Map(),
    log: [],
  }
}

/** The node of the document that an event is shown at; inner nodes of subgraphs show at their instance. */
export function shownAt(id: string): string {
  return id.split(/[:.]/)[0] ?? id
}

const WAITING: NodeRun = { status: 'waiting', files: [] }

/** The run after an event. Events that are in it already change nothing. */
export function applyEvent(run: RunView, event: RunEvent): RunView {
  if (event.seq <= run.lastSeq) return run
  return { ...applyNew(run, event), lastSeq: event.seq }
}

function applyNew(run: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'run.started': {
      const cached = new Set(event.cached)
      return {
        ...run,
        status: 'running',
        startedAtMs: event.atMs,
        order: event.nodes,
        nodes: new Map(
          event.nodes.map((id) => [id, cached.has(id) ? { status: 'cached', files: [] } : WAITING]),
        ),
      }
    }
    case 'run.requeued':
      return { ...newRun(run.runId), log: [...run.log, event.reason.message] }
    case 'run.finished':
      return { ...run, status: 'finished', durationMs: event.durationMs }
    case 'run.failed':
      return { ...run, status: 'failed', durationMs: event.durationMs, error: event.error }
    case 'run.cancelled':
      return { ...endRunning(run), status: 'cancelled', durationMs: event.durationMs }
    case 'node.started':
      return change(run, shownAt(event.displayId), { status: 'running', startedAtMs: event.atMs })
    case 'node.cached':
      return change(run, shownAt(event.displayId), { status: 'cached', ...shownOf(event.ui) })
    case 'node.progressed':
      return change(run, shownAt(event.displayId), {
        done: event.done,
        total: event.total,
        ...(event.detail !== undefined && { detail: event.detail }),
      })
    case 'node.previewed':
      // The server sends pictures beside the events, as binary.
      return run
    case 'node.reported':
      return report(run, shownAt(event.displayId), event)
    case 'node.logged':
      return { ...run, log: [...run.log, event.message].slice(-MAX_LOG) }
    case 'node.expanded':
      return run
    case 'node.blocked':
      return change(run, shownAt(event.displayId), { status: 'blocked', message: event.message })
    case 'node.finished':
      return change(run, shownAt(event.displayId), {
        status: 'done',
        durationMs: event.durationMs,
        ...shownOf(event.ui),
      })
    case 'node.failed':
      return change(run, shownAt(event.displayId), {
        status: 'failed',
        durationMs: event.durationMs,
        message: event.error.message,
      })
    case 'node.skipped':
      return change(run, shownAt(event.displayId), { status: 'skipped', message: SKIPPED[event.reason] })
  }
}

const SKIPPED = {
  'upstream-failed': 'Not run: a node before it failed.',
  blocked: 'Not run: a node before it was blocked.',
  stopped: 'Not run: the run stopped.',
  cancelled: 'Not run: the run was cancelled.',
} as const

function change(run: RunView, id: string, fields: Partial<NodeRun>): RunView {
  const old = run.nodes.get(id) ?? WAITING
  return { ...run, nodes: new Map(run.nodes).set(id, { ...old, ...fields }) }
}

function endRunning(run: RunView): RunView {
  const nodes = [...run.nodes].map(([id, node]): [string, NodeRun] => [
    id,
    node.status === 'running' ? { ...node, status: 'skipped', message: SKIPPED.cancelled } : node,
  ])
  return { ...run, nodes: new Map(nodes) }
}

function report(run: RunView, id: string, { name, data }: { name: string; data: JsonValue }): RunView {
  if (!isJsonObject(data)) return run
  if (name === 'step-cache') {
    return { ...run, steps: new Map(run.steps).set(id, [...(run.steps.get(id) ?? []), data]) }
  }
  const inner = name === 'sampling-report' ? data['report'] : undefined
  return isJsonObject(inner) ? { ...run, reports: new Map(run.reports).set(id, inner) } : run
}

/** The run with a newer picture of a node. */
export function withPreview(run: RunView, id: string, preview: LivePreview): RunView {
  return change(run, shownAt(id), { preview })
}

type UiOutput = Readonly<Record<string, readonly JsonValue[]>>

function shownOf(ui: UiOutput | undefined): Pick<NodeRun, 'files' | 'text'> {
  const texts = ui?.['text']?.filter((value) => typeof value === 'string') ?? []
  return { files: filesOf(ui), ...(texts.length > 0 && { text: texts.join('\n') }) }
}

/** Whether a page can show a file; the server gives others only to be saved. */
export function isPicture({ filename }: Pick<SavedFile, 'filename'>): boolean {
  return /\.(?:png|jpe?g|webp|gif|avif)$/i.test(filename)
}

/** The files of a node's `ui`. */
export function filesOf(ui: UiOutput | undefined): readonly SavedFile[] {
  const images = ui?.['images']
  if (images === undefined || !isJsonArray(images)) return []
  return images.flatMap((entry): SavedFile[] => {
    if (!isJsonObject(entry)) return []
    const { filename, subfolder, type } = entry
    const known = type === 'output' || type === 'temp' || type === 'input'
    return typeof filename === 'string' && typeof subfolder === 'string' && known
      ? [{ filename, subfolder, type }]
      : []
  })
}
