/** One pass of a loop: puts a copy of the body into the graph, and the next pass behind it. */
import {
  defineNode,
  type Expansion,
  expand,
  type ExpansionNode,
  HostError,
  linkTo,
  type NodeDefinition,
  type NodeLink,
  param,
  port,
} from '@dicache/sdk'
import type { BodyInput, LoopBody } from './collect-body.ts'

/** How many values a loop carries from pass to pass. */
export const CARRIED = ['value1', 'value2', 'value3', 'value4'] as const
export type Carried = (typeof CARRIED)[number]

/** What stays the same over the passes of a loop. */
export type LoopPlan = {
  readonly body: LoopBody
  /** Slots of the open node's outputs: the index, and the first carried value. */
  readonly slots: { readonly index: number; readonly first: number }
  /** A counted loop ends by itself; another one asks its condition, the body's first end, after each pass. */
  readonly counted: boolean
  readonly displayId: string
  /** The most passes of a loop with a condition. */
  readonly limit: number
}

/** The type name of the node that loops put into the graph. */
export const LOOP_STEP = 'LoopStep'

const carried = () => port.any({ optional: true, description: 'A value carried from pass to pass.' })

/** Put into the graph by `ForLoopClose` and `WhileLoopClose`. */
export const loopStep: NodeDefinition = defineNode({
  type: LOOP_STEP,
  version: 1,
  title: 'Loop Step',
  category: 'loops/internal',
  description: 'One pass of a loop. The close nodes put it into the graph; it is of no use by hand.',
  inputs: {
    plan: port.custom<LoopPlan>('LOOP_PLAN', { description: 'What the loop repeats.' }),
    value1: carried(),
    value2: carried(),
    value3: carried(),
    value4: carried(),
  },
  params: {
    index: param.int({ default: 0, description: 'Which pass, from 0.' }),
    total: param.int({ default: 0, description: 'Passes of a counted loop.' }),
    go: param.boolean({ default: true, description: 'Whether a loop with a condition goes on.' }),
  },
  outputs: { value1: port.any(), value2: port.any(), value3: port.any(), value4: port.any() },
  run({ inputs: { plan, ...values }, params: { index, total, go } }) {
    if (plan.counted ? index >= total : !go) {
      const { value1 = null, value2 = null, value3 = null, value4 = null } = values
      return { value1, value2, value3, value4 }
    }
    if (!plan.counted && index >= plan.limit) {
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `the loop still goes on after ${plan.limit} passes; check its condition, or raise max_passes`,
      )
    }
    return pass(plan, values, { index, total })
  },
})

function pass(
  plan: LoopPlan,
  values: Readonly<Partial<Record<Carried, unknown>>>,
  { index, total }: { readonly index: number; readonly total: number },
): Expansion {
  const { body, slots } = plan
  const resolve = (input: BodyInput): unknown => {
    switch (input.kind) {
      case 'value':
        return input.value
      case 'outer':
        return input.link
      case 'inner':
        return linkTo(input.name, input.slot)
      case 'variable': {
        if (input.slot === slots.index) return index
        const name = CARRIED[input.slot - slots.first]
        return (name === undefined ? undefined : values[name]) ?? null
      }
    }
  }
  const nodes: Record<string, ExpansionNode> = {}
  for (const { name, type, displayId, inputs } of body.nodes) {
    const resolved = Object.entries(inputs).map(([key, input]) => [key, resolve(input)] as const)
    nodes[name] = { type, displayId, inputs: Object.fromEntries(resolved) }
  }
  const [condition, ...ends] = plan.counted ? [undefined, ...body.ends] : body.ends
  const next = Object.fromEntries(
    CARRIED.map((name, n) => {
      const end = ends[n]
      // What the body does not change is carried on.
      return [name, end === undefined ? values[name] : resolve(end)] as const
    }),
  )
  nodes['next'] = stepNode(plan, next, {
    index: index + 1,
    total,
    go: condition === undefined ? true : resolve(condition),
  })
  return expand(
    nodes,
    Object.fromEntries(CARRIED.map((name, slot): [string, NodeLink] => [name, linkTo('next', slot)])),
  )
}

/** A pass as a node of an expansion. It also holds what the body uses from outside, so that it is computed once. */
export function stepNode(
  plan: LoopPlan,
  values: Readonly<Record<string, unknown>>,
  counters: Readonly<Record<'index' | 'total' | 'go', unknown>>,
): ExpansionNode {
  const held = Object.fromEntries(plan.body.outer.map((link, n) => [`outer${n}`, link]))
  return { type: LOOP_STEP, displayId: plan.displayId, inputs: { plan, ...values, ...counters, ...held } }
}
