/** Watches how long each node takes. */
import type { RunEvent } from '@dicache/protocol'

export type NodeTimeouts = {
  readonly take: (event: RunEvent) => void
  readonly clear: () => void
}

/** Calls `onTimeout` for a node that runs longer than `limitMs`. */
export function watchNodes(
  limitMs: number | undefined,
  onTimeout: (nodeId: string, nodeType: string) => void,
): NodeTimeouts {
  const timers = new Map<string, NodeJS.Timeout>()
  const stop = (nodeId: string): void => {
    clearTimeout(timers.get(nodeId))
    timers.delete(nodeId)
  }
  return {
    take(event) {
      if (limitMs === undefined || !('nodeId' in event)) return
      const { nodeId, nodeType } = event
      if (event.type === 'node.started')
        timers.set(
          nodeId,
          setTimeout(() => onTimeout(nodeId, nodeType), limitMs),
        )
      else if (
        event.type === 'node.finished' ||
        event.type === 'node.failed' ||
        event.type === 'node.skipped'
      )
        stop(nodeId)
    },
    clear() {
      for (const nodeId of timers.keys()) stop(nodeId)
    },
  }
}
