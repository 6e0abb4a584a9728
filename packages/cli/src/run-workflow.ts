/** Runs an opened workflow in this process and shows what happens: one line a node, a bar while it samples, files at the end. */
import {
  type Device,
  type Host,
  openWorkflow,
  readWorkflowFile,
  refusal,
  type RunResult,
  savedPath,
  hasErrors,
} from '@dicache/host'
import {
  type ErrorReport,
  isJsonArray,
  isJsonObject,
  type JsonValue,
  type Problem,
  type RunEvent,
  type SavedFile,
} from '@dicache/protocol'
import type { Terminal } from './terminal.ts'

export type FileWritten = SavedFile & { readonly path: string; readonly nodeId: string }

/** What a node reported, under the title it has in the document. */
export type NodeReport = {
  readonly nodeId: string
  readonly title: string
  readonly name: string
  readonly data: JsonValue
}

export type RunSummary = {
  /** `refused`: the document cannot run, and nothing of it did. */
  readonly status: RunResult['status']
  readonly runId?: string
  /** Where graphs ran; left out when none did. */
  readonly device?: Device
  readonly files: readonly FileWritten[]
  readonly reports: readonly NodeReport[]
  readonly nodes: readonly {
    readonly nodeId: string
    readonly type: string
    readonly status: string
    readonly durationMs?: number
  }[]
  /** How many nodes were taken from the cache, those included that were not even looked at because of it. */
  readonly cached: number
  readonly problems: readonly Problem[]
  readonly error?: ErrorReport
  readonly durationMs: number
  readonly exitCode: number
}

export type RunRequest = {
  readonly file: string
  readonly settings: readonly string[]
  readonly signal: AbortSignal
  readonly terminal: Terminal
  /** @defaultValue 'continue' */
  readonly onFailure?: 'continue' | 'stop'
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Runs a workflow file. A document that cannot run gives the summary `refused`, with all its problems shown and in it.
 * @throws HostError when the file cannot be read
 */
export async function runWorkflow(host: Host, request: RunRequest): Promise<RunSummary> {
  const { terminal, signal } = request
  const started = performance.now()
  const text = await readWorkflowFile(request.file, process.stdin, signal)
  const opened = await openWorkflow(host, text, { settings: request.settings, signal })
  for (const problem of opened.problems) terminal.note(describeProblem(problem))
  if (opened.graph === undefined || opened.validation === undefined || hasErrors(opened.problems))
    return refused(opened.problems, performance.now() - started)
  await host.checkDevice()
  const reports: RunSummary['reports'][number][] = []
  let cached = 0
  const { graph } = opened
  const result = await host.engine.run(graph, {
    validation: opened.validation,
    signal,
    // A terminal shows no pictures.
    previews: false,
    ...(request.onFailure !== undefined && { onFailure: request.onFailure }),
    onEvent(event) {
      if (event.type === 'run.started') cached = event.cached.length
      if (event.type === 'node.reported' && event.name !== 'step-cache')
        reports.push({
          nodeId: event.nodeId,
          title: titleOf(graph, event),
          name: event.name,
          data: event.data,
        })
      show(terminal, event)
      request.onEvent?.(event)
    },
  })
  return summarise(host, result, {
    reports,
    cached,
    problems: opened.problems,
    durationMs: performance.now() - started,
  })
}

type Opened = Awaited<ReturnType<typeof openWorkflow>>

/** Nodes that were made while it ran have no title of their own. */
function titleOf(
  graph: NonNullable<Opened['graph']>,
  { nodeId, nodeType }: { readonly nodeId: string; readonly nodeType: string },
): string {
  return graph.nodes.get(nodeId)?.title ?? nodeType
}

function show(terminal: Terminal, event: RunEvent): void {
  switch (event.type) {
    case 'node.progressed':
      terminal.progress(event.nodeType, event.done, event.total, event.detail)
      return
    case 'node.logged':
      terminal.note(`${event.level === 'warning' ? 'warning' : 'note'}: ${event.message}`)
      return
    case 'node.failed':
      terminal.note(`error ${event.error.code}: ${event.error.message}`)
      return
    case 'node.blocked':
      terminal.note(`node ${event.nodeId} (${event.nodeType}) was blocked: ${event.message}`)
      return
    default:
  }
}

type Facts = Pick<RunSummary, 'reports' | 'cached' | 'problems' | 'durationMs'>

/** One line: severity, code, where, what, and what to do. */
export function describeProblem({ severity, code, message, nodeId, path }: Problem): string {
  const where = nodeId === undefined ? '' : ` at node ${nodeId}`
  return `${severity} ${code}${where}: ${message}${path === undefined || path === '' ? '' : ` (${path})`}`
}

function refused(problems: readonly Problem[], durationMs: number): RunSummary {
  const error = refusal(problems)
  return {
    status: 'refused',
    error: error.toJSON(),
    exitCode: error.exitCode,
    files: [],
    nodes: [],
    reports: [],
    cached: 0,
    problems,
    durationMs,
  }
}

function summarise(host: Host, result: RunResult, facts: Facts): RunSummary {
  if (result.status === 'refused') return refused(result.problems, facts.durationMs)
  const nodes = [...result.nodes].map(([nodeId, outcome]) => ({
    nodeId,
    type: outcome.nodeType,
    status: outcome.status,
    ...('durationMs' in outcome ? { durationMs: outcome.durationMs } : {}),
  }))
  const files = [...result.nodes].flatMap(([nodeId, outcome]) =>
    'ui' in outcome
      ? filesOf(outcome.ui?.['images']).map((file) => ({
          ...file,
          nodeId,
          path: savedPath(host.folders, file),
        }))
      : [],
  )
  const device = host.device()
  const base = { runId: result.runId, ...(device !== undefined && { device }), files, nodes, ...facts }
  switch (result.status) {
    case 'finished':
      return { status: 'finished', exitCode: 0, ...base }
    case 'cancelled':
      return { status: 'cancelled', exitCode: 130, ...base }
    case 'failed':
      return {
        status: 'failed',
        error: result.error.toJSON(),
        exitCode: result.error.exitCode,
        ...base,
      }
  }
}

function filesOf(value: readonly JsonValue[] | undefined): readonly SavedFile[] {
  if (value === undefined || !isJsonArray(value)) return []
  return value.flatMap((entry): SavedFile[] => {
    if (!isJsonObject(entry)) return []
    const { filename, subfolder, type } = entry
    const known = type === 'output' || type === 'temp' || type === 'input'
    return typeof filename === 'string' && typeof subfolder === 'string' && known
      ? [{ filename, subfolder, type }]
      : []
  })
}
