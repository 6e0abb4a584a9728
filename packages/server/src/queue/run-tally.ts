/** What is gathered from a run's events while it goes: node times, where it is, how it ended. */
import type { ErrorReport, NodeTiming, RunEvent, RunStatus } from '@dicache/protocol'

export type Ending = {
  readonly status: Exclude<RunStatus, 'pending' | 'running'>
  readonly error?: ErrorReport
}

export type RunTally = {
  readonly take: (event: RunEvent) => void
  readonly timings: () => readonly NodeTiming[]
  /** Nodes that are running, the one that began last at the end. */
  readonly running: () => readonly string[]
  readonly ending: () => Ending | undefined
}

export function createRunTally(): RunTally {
  const timings: NodeTiming[] = []
  const running = new Set<string>()
  let ending: Ending | undefined

  function ended(event: Extract<RunEvent, { readonly nodeId: string }>, status: NodeTiming['status']): void {
    running.delete(event.nodeId)
    const durationMs = 'durationMs' in event ? event.durationMs : 0
    timings.push({ nodeId: event.nodeId, nodeType: event.nodeType, status, durationMs })
  }

  return {
    take(event) {
      switch (event.type) {
        case 'node.started':
          running.add(event.nodeId)
          return
        case 'node.finished':
          return ended(event, 'executed')
        case 'node.cached':
          return ended(event, 'cached')
        case 'node.failed':
          return ended(event, 'failed')
        case 'node.skipped':
          return ended(event, 'skipped')
        case 'run.finished':
          ending = { status: 'finished' }
          return
        case 'run.failed':
          ending = { status: 'failed', error: event.error }
          return
        case 'run.cancelled':
          ending = { status: 'cancelled' }
          return
        default:
      }
    },
    timings: () => timings,
    running: () => [...running],
    ending: () => ending,
  }
}
