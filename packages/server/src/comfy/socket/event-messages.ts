/** Our events of a run as the messages that ComfyUI's clients expect, in their order. */
import type { JsonObject, JsonValue, RunEvent } from '@dicache/protocol'

/** A text frame. */
export type ComfyMessage = { readonly type: string; readonly data: JsonObject }

/** What one event becomes. */
export type MappedEvent = {
  readonly messages: readonly ComfyMessage[]
  /** The run is over: after `messages` follow `status` and the end marker. */
  readonly ended: boolean
}

/** Maps the events of one run, one after the other. */
export type EventMapper = {
  readonly map: (event: RunEvent) => MappedEvent
  /** The visible node that runs now. */
  readonly current: () => string | undefined
}

type Progress = {
  readonly value: number
  readonly max: number
  readonly state: 'running' | 'finished' | 'error'
  readonly displayId: string
}

/** `progress_state` tells of all nodes; of finished ones only the last, so that big graphs cost no more than small ones. */
const MAX_FINISHED = 50

/** Makes the mapper of a run. A run that begins anew (`run.started` again) begins anew here, too. */
export function createEventMapper(promptId: string): EventMapper {
  let executed: string[] = []
  let progress = new Map<string, Progress>()
  let current: { readonly id: string; readonly type: string; readonly displayId: string } | undefined
  let failure: ComfyMessage | undefined

  const reset = (): void => {
    executed = []
    progress = new Map()
    current = undefined
    failure = undefined
  }
  const state = (id: string, next: Progress): ComfyMessage => {
    progress.delete(id)
    progress.set(id, next)
    const finished = [...progress].filter(([, { state: at }]) => at !== 'running')
    const [oldest] = finished
    if (finished.length > MAX_FINISHED && oldest !== undefined) progress.delete(oldest[0])
    const nodes = [...progress].map(([node, entry]): [string, JsonValue] => [
      node,
      {
        value: entry.value,
        max: entry.max,
        state: entry.state,
        node_id: node,
        prompt_id: promptId,
        display_node_id: entry.displayId,
        parent_node_id: entry.displayId === node ? null : entry.displayId,
        real_node_id: node,
      },
    ])
    return message('progress_state', { prompt_id: promptId, nodes: Object.fromEntries(nodes) })
  }

  const messagesOf = (event: RunEvent): readonly ComfyMessage[] => {
    const timestamp = event.atMs
    switch (event.type) {
      case 'run.started':
        reset()
        return [
          message('execution_start', { prompt_id: promptId, timestamp }),
          message('execution_cached', { nodes: event.cached, prompt_id: promptId, timestamp }),
        ]
      case 'node.started':
        current = { id: event.nodeId, type: event.nodeType, displayId: event.displayId }
        return [
          message('executing', { node: event.nodeId, display_node: event.displayId, prompt_id: promptId }),
          state(event.nodeId, { value: 0, max: 1, state: 'running', displayId: event.displayId }),
        ]
      case 'node.progressed':
        return [
          message('progress', {
            value: event.done,
            max: event.total,
            prompt_id: promptId,
            node: event.nodeId,
          }),
          state(event.nodeId, {
            value: event.done,
            max: event.total,
            state: 'running',
            displayId: event.displayId,
          }),
        ]
      case 'node.cached':
        executed.push(event.nodeId)
        return executedMessage(promptId, event)
      case 'node.finished': {
        executed.push(event.nodeId)
        if (current?.id === event.nodeId) current = undefined
        const max = progress.get(event.nodeId)?.max ?? 1
        return [
          ...executedMessage(promptId, event),
          state(event.nodeId, { value: max, max, state: 'finished', displayId: event.displayId }),
        ]
      }
      case 'node.failed': {
        failure ??= message('execution_error', {
          prompt_id: promptId,
          node_id: event.nodeId,
          node_type: event.nodeType,
          executed: [...executed],
          exception_message: event.error.message,
          exception_type: event.errorType,
          traceback: [],
          current_inputs: event.inputs,
          current_outputs: [...executed],
        })
        const { value, max } = progress.get(event.nodeId) ?? { value: 0, max: 1 }
        return [state(event.nodeId, { value, max, state: 'error', displayId: event.displayId })]
      }
      case 'node.blocked':
        // Without a timestamp, and the run goes on.
        return [
          message('execution_error', {
            prompt_id: promptId,
            node_id: event.nodeId,
            node_type: event.nodeType,
            executed: [...executed],
            exception_message: `Execution Blocked: ${event.message}`,
            exception_type: 'ExecutionBlocked',
            traceback: [],
            current_inputs: [],
            current_outputs: [],
          }),
        ]
      case 'run.finished':
        return [message('execution_success', { prompt_id: promptId, timestamp })]
      case 'run.failed':
        return [
          withTime(failure ?? workerFailure(promptId, event.error.message, executed, current), timestamp),
        ]
      case 'run.cancelled':
        return [
          message('execution_interrupted', {
            prompt_id: promptId,
            node_id: current?.id ?? null,
            node_type: current?.type ?? null,
            executed: [...executed],
            timestamp,
          }),
        ]
      case 'run.requeued':
        reset()
        return []
      case 'node.previewed':
      case 'node.reported':
      case 'node.logged':
      case 'node.expanded':
      case 'node.skipped':
        return []
    }
  }

  return {
    map: (event) => ({ messages: messagesOf(event), ended: isEnd(event) }),
    current: () => current?.displayId,
  }
}

/** Whether nothing comes after an event. */
export function isEnd(event: RunEvent): boolean {
  return event.type === 'run.finished' || event.type === 'run.failed' || event.type === 'run.cancelled'
}

/** The end marker. The key `node` is there, and null. */
export function endMarker(promptId: string): ComfyMessage {
  return message('executing', { node: null, prompt_id: promptId })
}

/** How many runs wait or run. */
export function statusMessage(remaining: number, sid?: string): ComfyMessage {
  const status = { exec_info: { queue_remaining: remaining } }
  return message('status', { status, ...(sid !== undefined && { sid }) })
}

/** A frame. */
export function message(type: string, data: JsonObject): ComfyMessage {
  return { type, data }
}

type Told = Extract<RunEvent, { readonly type: 'node.cached' | 'node.finished' }>

/** Only nodes that show something are told of. */
function executedMessage(promptId: string, { nodeId, displayId, ui }: Told): readonly ComfyMessage[] {
  if (ui === undefined) return []
  return [message('executed', { node: nodeId, display_node: displayId, output: ui, prompt_id: promptId })]
}

/** A run that failed outside its nodes: the worker died, or could not begin. */
function workerFailure(
  promptId: string,
  text: string,
  executed: readonly string[],
  current: { readonly id: string; readonly type: string } | undefined,
): ComfyMessage {
  return message('execution_error', {
    prompt_id: promptId,
    node_id: current?.id ?? null,
    node_type: current?.type ?? null,
    executed: [...executed],
    exception_message: text,
    exception_type: 'RunFailed',
    traceback: [],
    current_inputs: {},
    current_outputs: [...executed],
  })
}

function withTime({ type, data }: ComfyMessage, timestamp: number): ComfyMessage {
  return { type, data: { ...data, timestamp } }
}
