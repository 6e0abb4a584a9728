/** What a node threw, as the run tells it. */
import { HostError, toHostError } from '@dicache/protocol'
import type { PlanNode } from '../planning/plan-run.ts'

/** The error with the node's name in front: its own words are meant for the user. */
export function nodeError(thrown: unknown, { id, node }: PlanNode): HostError {
  const error = toHostError(thrown, { nodeId: id })
  const code = error.code === 'INTERNAL' ? 'NODE_FAILED' : error.code
  return new HostError(code, `"${node.title}" (node ${id}) failed: ${error.message}`, {
    nodeId: id,
    cause: thrown,
    ...(error.path !== undefined && { path: error.path }),
  })
}

/** The class of what was thrown, such as `RangeError`. */
export function errorTypeOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown
}

/** Whether a node only ended because the run did. */
export function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (thrown === signal.reason || toHostError(thrown).code === 'CANCELLED')
}
