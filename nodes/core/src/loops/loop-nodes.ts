/** Loops: an open and a close node around the part of the graph that is repeated. */
import {
  defineNode,
  expand,
  linkTo,
  NodeLink,
  type NodeContext,
  type NodeDefinition,
  param,
  port,
} from '@dicache/sdk'
import { collectBody } from './collect-body.ts'
import { CARRIED, type LoopPlan, stepNode } from './loop-step.ts'

const about = { version: 1, category: 'loops' } as const
const initial = () => port.any({ optional: true, description: 'The value that the first pass gets.' })
const carried = { value1: port.any(), value2: port.any(), value3: port.any(), value4: port.any() } as const
const end = () => port.any({ rawLink: true, optional: true, description: 'What the next pass gets.' })
const flow = () =>
  port.custom('LOOP_FLOW', { rawLink: true, description: 'The flow of the loop’s open node.' })

export const forLoopOpen: NodeDefinition = defineNode({
  ...about,
  type: 'ForLoopOpen',
  title: 'For Loop Open',
  description: 'Begins a loop. Everything between here and the close node runs once for each index.',
  inputs: {
    initial_value1: initial(),
    initial_value2: initial(),
    initial_value3: initial(),
    initial_value4: initial(),
  },
  params: { count: param.int({ default: 1, min: 0, max: 100_000, description: 'How many passes.' }) },
  outputs: { flow: port.custom<number>('LOOP_FLOW'), index: port.int(), ...carried, count: port.int() },
  run: ({ inputs, params: { count } }) => ({ flow: 0, index: 0, ...valuesOf(inputs), count }),
})

export const forLoopClose: NodeDefinition = defineNode({
  ...about,
  type: 'ForLoopClose',
  title: 'For Loop Close',
  description: 'Ends a loop: its values go to the next pass, and after the last one out of the loop.',
  inputs: { flow: flow(), value1: end(), value2: end(), value3: end(), value4: end() },
  outputs: carried,
  run: ({ inputs, hidden }) => begin(inputs, hidden, { counted: true, limit: 0 }),
})

export const whileLoopOpen: NodeDefinition = defineNode({
  ...about,
  type: 'WhileLoopOpen',
  title: 'While Loop Open',
  description:
    'Begins a loop that goes on while a condition holds. The first pass looks at this one, later ones at that of the close node.',
  inputs: {
    initial_value1: initial(),
    initial_value2: initial(),
    initial_value3: initial(),
    initial_value4: initial(),
  },
  params: { condition: param.boolean({ default: true, description: 'Whether there is a first pass.' }) },
  outputs: {
    flow: port.custom<number>('LOOP_FLOW'),
    index: port.int(),
    ...carried,
    condition: port.boolean(),
  },
  run: ({ inputs, params: { condition } }) => ({ flow: 0, index: 0, ...valuesOf(inputs), condition }),
})

export const whileLoopClose: NodeDefinition = defineNode({
  ...about,
  type: 'WhileLoopClose',
  title: 'While Loop Close',
  description: 'Ends a loop: while the condition holds its values go to the next pass, then out of the loop.',
  inputs: {
    flow: flow(),
    condition: port.custom('BOOLEAN', { rawLink: true, description: 'Whether there is another pass.' }),
    value1: end(),
    value2: end(),
    value3: end(),
    value4: end(),
  },
  params: {
    max_passes: param.int({
      default: 1000,
      min: 1,
      max: 100_000,
      description: 'After so many passes it is an error that the loop still goes on.',
    }),
  },
  outputs: carried,
  run: ({ inputs, params, hidden }) => begin(inputs, hidden, { counted: false, limit: params.max_passes }),
})

/** Slots of the open nodes' outputs. */
const INDEX = 1
const FIRST = 2
/** `count` of a counted loop, `condition` of another. */
const LAST = FIRST + CARRIED.length

type Ends = Readonly<Partial<Record<'flow' | 'condition' | (typeof CARRIED)[number], unknown>>>

/** Puts the first pass into the graph. */
function begin(
  inputs: Ends,
  hidden: NodeContext['hidden'],
  kind: { readonly counted: boolean; readonly limit: number },
): ReturnType<typeof expand> {
  const open = linkOf(inputs.flow)?.node ?? ''
  const ends = (kind.counted ? [] : [inputs.condition])
    .concat(CARRIED.map((name) => inputs[name]))
    .map(linkOf)
  const plan: LoopPlan = {
    ...kind,
    body: collectBody(hidden.getNode, open, ends),
    slots: { index: INDEX, first: FIRST },
    displayId: hidden.getNode(hidden.nodeId)?.displayId ?? hidden.nodeId,
  }
  const from = (slot: number): NodeLink => new NodeLink(open, slot, 'graph')
  const values = Object.fromEntries(CARRIED.map((name, n) => [name, from(FIRST + n)]))
  const step = stepNode(plan, values, {
    index: 0,
    total: kind.counted ? from(LAST) : 0,
    go: kind.counted ? true : from(LAST),
  })
  return expand({ step }, Object.fromEntries(CARRIED.map((name, slot) => [name, linkTo('step', slot)])))
}

function linkOf(value: unknown): NodeLink | undefined {
  return value instanceof NodeLink ? value : undefined
}

function valuesOf(inputs: Readonly<Record<string, unknown>>): Record<(typeof CARRIED)[number], unknown> {
  const { initial_value1: value1 = null, initial_value2: value2 = null } = inputs
  const { initial_value3: value3 = null, initial_value4: value4 = null } = inputs
  return { value1, value2, value3, value4 }
}
