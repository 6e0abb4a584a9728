/** Turns the events of a run into messages: few of them, and none so late that somebody would notice. */
import {
  type ErrorReport,
  isJsonObject,
  type JsonValue,
  type RunEvent,
  type RunOutput,
  type UiData,
} from '@dicache/protocol'
import type { FromWorker } from './messages.ts'
import type { SavedFiles } from './saved-files.ts'

export type EventSender = {
  readonly take: (event: RunEvent) => void
  /** Sends what is left, with the news that the run is over. */
  readonly end: (device: string | undefined, error?: ErrorReport) => void
}

export function createEventSender(
  runId: string,
  send: (message: FromWorker) => void,
  saved: Pick<SavedFiles, 'find'>,
): EventSender {
  let waiting: string[] = []
  const progress = new Map<string, { readonly step: number; readonly steps: number }>()

  function flush(): void {
    if (waiting.length === 0) return
    send({ type: 'events', runId, events: waiting })
    waiting = []
  }

  return {
    take(event) {
      if (event.type === 'node.previewed') {
        const { image, nodeId, displayId } = event
        const { base64, ...picture } = image
        flush()
        send({
          type: 'preview',
          info: { ...picture, runId, nodeId, displayId, ...progress.get(nodeId) },
          bytes: Buffer.from(base64, 'base64'),
        })
        return
      }
      if (event.type === 'node.progressed')
        progress.set(event.nodeId, { step: event.done, steps: event.total })
      waiting.push(JSON.stringify(event, plainNumber))
      if (event.type === 'node.finished' || event.type === 'node.cached')
        for (const file of filesOf(event.nodeId, event.ui, saved)) send({ type: 'saved', runId, file })
      // A node may block the thread as soon as it has begun, or between two steps.
      if (event.type === 'node.started' || event.type === 'node.progressed') flush()
      else if (waiting.length >= 100) flush()
    },
    end(device, error) {
      send({
        type: 'ended',
        runId,
        events: waiting,
        ...(error !== undefined && { error }),
        ...(device !== undefined && { device }),
      })
      waiting = []
    },
  }
}

/** Whole numbers of 64 bits as decimal text, as everywhere where clients read JSON. */
function plainNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** The saved files among a node's data for the user interface, wherever they are in it. */
function filesOf(
  nodeId: string,
  ui: UiData | undefined,
  saved: Pick<SavedFiles, 'find'>,
): readonly RunOutput[] {
  return Object.values(ui ?? {})
    .flat()
    .flatMap((entry: JsonValue): RunOutput[] => {
      const known = isJsonObject(entry) ? saved.find(entry) : undefined
      return known === undefined ? [] : [{ ...known, nodeId }]
    })
}
