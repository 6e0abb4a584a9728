/** What a run of a workflow would do, without doing it. */
import { planRun } from '@dicache/engine'
import type { Host } from './create-host.ts'
import type { OpenedWorkflow } from './open-workflow.ts'

/** The ids of the nodes that a run would need, sources first; empty for a workflow that cannot run. */
export function planWorkflow(host: Host, { validation }: OpenedWorkflow): readonly string[] {
  if (validation === undefined) return []
  const { graph, runnable } = validation
  return [...planRun(graph, host.registry, { targets: runnable, runId: 'plan' }).nodes.keys()]
}
