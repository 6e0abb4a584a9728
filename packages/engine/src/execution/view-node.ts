/** A node of the running graph as other nodes may see it: what a loop needs to know of its body. */
import { NodeLink } from '@dicache/sdk'
import type { RunningNode } from '@dicache/sdk'
import type { PlanNode } from '../planning/plan-run.ts'

/** Links become values that an expansion can take over as they are. */
export function viewNode(plan: PlanNode | undefined): RunningNode | undefined {
  if (plan === undefined) return undefined
  const inputs = [...plan.node.inputs].flatMap(([name, input]): [string, unknown][] =>
    input.kind === 'link'
      ? [[name, new NodeLink(input.from, input.slot, 'graph')]]
      : input.kind === 'bad-link'
        ? []
        : [[name, input.value]],
  )
  return { type: plan.node.type, displayId: plan.displayId, inputs: Object.fromEntries(inputs) }
}
