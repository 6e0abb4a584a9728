/** What a node may see of another one of the graph that runs. */
import { NodeLink } from '@dicache/sdk'
import type { RunningNode } from '@dicache/sdk'
import type { PlanNode } from '../planning/plan-run.ts'

/** Type and inputs of a planned node; links as `NodeLink`s. */
export function runningNode(plan: PlanNode | undefined): RunningNode | undefined {
  if (plan === undefined) return undefined
  const inputs: Record<string, unknown> = {}
  for (const [name, input] of plan.node.inputs) {
    if (name === '__proto__') continue
    inputs[name] = input.kind === 'link' ? new NodeLink(input.from, input.slot, 'graph') : input.value
  }
  return { type: plan.node.type, inputs, displayId: plan.displayId }
}
