/** Numbers and stamps the events of one run. */
import type { RunEvent } from '@dicache/protocol'
import type { UsedModel } from '../caching/result-cache.ts'
import type { PlanNode } from '../planning/plan-run.ts'
import { modelKey } from './watch-host.ts'

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
  /** Names weight files that the run's results depend on; each is told once. */
  readonly models: (models: readonly UsedModel[]) => void
}

/** Who hears of a run. */
export type Listeners = {
  readonly onEvent: (event: RunEvent) => void
  readonly onModel: (model: UsedModel) => void
}

/** Makes the emitter of a run. `now` gives milliseconds since 1970. */
export function createEmitter(runId: string, { onEvent, onModel }: Listeners, now: () => number): Emitter {
  let seq = 0
  const told = new Set<string>()
  const send = (news: object): void => {
    onEvent({ ...news, seq: ++seq, runId, atMs: now() } as RunEvent)
  }
  return {
    run: send,
    node: ({ id, displayId, type }, news) => {
      send({ ...news, nodeId: id, nodeType: type.manifest.type, displayId })
    },
    models: (models) => {
      for (const model of models) {
        const key = modelKey(model)
        if (told.has(key)) continue
        told.add(key)
        onModel(model)
      }
    },
  }
}
