/** Numbers and stamps the events of one run. */
import type { RunEvent } from '@dicache/protocol'
import type { PlanNode } from '../planning/plan-run.ts'

type Stamp = 'seq' | 'runId' | 'atMs'
type NodeFields = 'nodeId' | 'nodeType' | 'displayId'
type Without<E, K extends PropertyKey> = E extends unknown ? Omit<E, K> : never

/** An event before it is stamped. */
export type RunNews = Without<Exclude<RunEvent, { readonly nodeId: string }>, Stamp>
/** An event of a node, before the node is named. */
export type NodeNews = Without<Extract<RunEvent, { readonly nodeId: string }>, Stamp | NodeFields>

/** Tells what happens. */
export type Emitter = {
  readonly run: (news: RunNews) => void
  readonly node: (plan: PlanNode, news: NodeNews) => void
}

/** Makes the emitter of a run. `now` gives milliseconds since 1970. */
export function createEmitter(runId: string, onEvent: (event: RunEvent) => void, now: () => number): Emitter {
  let seq = 0
  const send = (news: object): void => {
    onEvent({ ...news, seq: ++seq, runId, atMs: now() } as RunEvent)
  }
  return {
    run: send,
    node: ({ id, displayId, type }, news) => {
      send({ ...news, nodeId: id, nodeType: type.manifest.type, displayId })
    },
  }
}
