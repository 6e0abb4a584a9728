/** Nodes that choose what runs. */
import { block, defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'

const about = { version: 1, category: 'logic' } as const

/** One of two; only that one is computed. */
export const switchNode: NodeDefinition = defineNode({
  ...about,
  type: 'ComfySwitchNode',
  title: 'Switch',
  description: 'Passes one of two values on. Only what leads to that one is computed.',
  inputs: {
    on_false: port.any({ lazy: true, description: 'What comes when the switch is off.' }),
    on_true: port.any({ lazy: true, description: 'What comes when the switch is on.' }),
  },
  params: { switch: param.boolean({ default: false, description: 'On or off.' }) },
  outputs: { output: port.any() },
  checkLazy({ params, isLinked }) {
    const name = params.switch === true ? 'on_true' : 'on_false'
    return isLinked(name) ? [name] : []
  },
  run: ({ inputs, params }) => ({ output: params.switch ? inputs.on_true : inputs.on_false }),
})

const branch = (n: number) =>
  port.any({ lazy: true, optional: true, description: `What comes when the index is ${n}.` })

/** One of several; only that one is computed. */
export const indexSwitch: NodeDefinition = defineNode({
  ...about,
  type: 'IndexSwitch',
  title: 'Index Switch',
  description: 'Passes one of several values on. Only what leads to that one is computed.',
  inputs: {
    value0: branch(0),
    value1: branch(1),
    value2: branch(2),
    value3: branch(3),
    value4: branch(4),
    value5: branch(5),
    value6: branch(6),
    value7: branch(7),
  },
  params: { index: param.int({ default: 0, min: 0, max: 7, description: 'Which one, from 0.' }) },
  outputs: { output: port.any() },
  checkLazy({ params, isLinked }) {
    const name = branchName(params.index)
    return name !== undefined && isLinked(name) ? [name] : []
  },
  run({ inputs, params: { index } }) {
    const name = branchName(index)
    const output = name === undefined ? undefined : inputs[name]
    if (output === undefined) {
      throw new HostError(
        'REQUIRED_INPUT_MISSING',
        `the index is ${index}, and nothing is connected to value${index}`,
      )
    }
    return { output }
  },
})

const BRANCHES = ['value0', 'value1', 'value2', 'value3', 'value4', 'value5', 'value6', 'value7'] as const

function branchName(index: number | undefined): (typeof BRANCHES)[number] | undefined {
  return index === undefined ? undefined : BRANCHES[index]
}

/** Lets a value through, or stops what comes behind. */
export const gate: NodeDefinition = defineNode({
  ...about,
  type: 'Gate',
  title: 'Gate',
  description:
    'Lets a value through, or skips everything that would use it while the rest of the graph goes on.',
  inputs: { value: port.any({ description: 'What goes through.' }) },
  params: {
    open: param.boolean({ default: true, description: 'Whether it goes through.' }),
    message: param.text({ default: '', description: 'Shown where it is skipped; empty: in silence.' }),
  },
  outputs: { value: port.any() },
  run: ({ inputs, params: { open, message } }) => ({
    value: open ? inputs.value : block(message === '' ? undefined : message),
  }),
})
