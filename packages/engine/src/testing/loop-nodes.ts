/** Nodes for tests that loop, ask again and again, or give lists of words. */
import { block, defineNode, expand, linkTo, NodeLink, param, port } from '@dicache/sdk'
import type { ExpansionNode, HiddenValues, NodeDefinition } from '@dicache/sdk'
import type { Stage } from './stage.ts'

const about = { version: 1, category: 'demo', description: 'For tests.' } as const

/** Makes the nodes. They write to the stage. */
export function createLoopNodes(stage: Stage): readonly NodeDefinition[] {
  const { journal } = stage
  const work: NodeDefinition = defineNode({
    ...about,
    type: 'Work',
    title: 'Work',
    inputs: { value: port.any(), given: port.any({ optional: true }) },
    params: { length: param.int({ default: 1 }) },
    outputs: { value: port.any() },
    run: ({ inputs, params }) => {
      const before = inputs.value as Float32Array | number
      const count = typeof before === 'number' ? before : (before[0] ?? 0)
      return { value: new Float32Array(params.length).fill(count + 1) }
    },
  })
  const repeat: NodeDefinition = defineNode({
    ...about,
    type: 'Repeat',
    title: 'Repeat',
    inputs: { value: port.any(), given: port.any({ optional: true }) },
    params: { times: param.int({ default: 1 }), length: param.int({ default: 1 }) },
    outputs: { value: port.any() },
    run: async ({ inputs: { value }, params: { times, length } }) => {
      await stage.onTurn?.(times)
      if (times === 0) return { value: (value as Float32Array)[0] }
      return expand(
        {
          // Values and links, into what ends with the turn and into what goes on: all must be let go.
          step: { type: 'Work', inputs: { value, given: new Float32Array(length), length } },
          next: {
            type: 'Repeat',
            inputs: {
              value: linkTo('step'),
              given: new Float32Array(length),
              times: times - 1,
              length,
            },
          },
        },
        { value: linkTo('next') },
      )
    },
  })
  const open: NodeDefinition = defineNode({
    ...about,
    type: 'LoopOpen',
    title: 'Loop Open',
    inputs: { value: port.any() },
    outputs: { flow: port.any(), value: port.any() },
    run: ({ inputs }) => ({ flow: 'flow', value: inputs.value }),
  })
  const close: NodeDefinition = defineNode({
    ...about,
    type: 'LoopClose',
    title: 'Loop Close',
    inputs: { flow: port.any({ rawLink: true }), value: port.int() },
    params: { until: param.int({ default: 10 }) },
    outputs: { value: port.int() },
    run: ({ inputs: { flow, value }, params: { until }, hidden }) => {
      journal.push(`LoopClose ${value}`)
      if (value >= until) return { value }
      return expand(copyBody(hidden, flow.node, value), { value: linkTo('close') })
    },
  })
  const ask: NodeDefinition = defineNode({
    ...about,
    type: 'Ask',
    title: 'Ask',
    inputs: { a: port.int({ lazy: true }), b: port.int({ lazy: true, optional: true }) },
    params: { unknown: param.boolean({ default: false }) },
    outputs: { value: port.int() },
    checkLazy: async ({ inputs: { a, b }, params }) => {
      journal.push(`Ask ${a ?? '-'} ${b ?? '-'}`)
      await Promise.resolve()
      if (params.unknown) return ['nothing' as 'a']
      return a === undefined || a === 0 ? ['a'] : ['a', 'b']
    },
    run: ({ inputs }) => ({ value: (inputs.a ?? 0) + (inputs.b ?? 0) }),
  })
  const words: NodeDefinition = defineNode({
    ...about,
    type: 'Words',
    title: 'Words',
    params: { text: param.text({ default: 'a b' }) },
    outputs: { words: port.string({ list: true }) },
    run: ({ params }) => ({
      words: params.text.split(' ').map((word) => (word === 'block' ? block() : word)),
    }),
  })
  const note: NodeDefinition = defineNode({
    ...about,
    type: 'Note UI',
    title: 'Note',
    inputs: { value: port.any() },
    output: true,
    run: ({ inputs: { value } }) => ({
      ui: value === 0 ? { text: ['first'], kind: ['a'] } : { text: [String(value)], more: ['dropped'] },
    }),
  })
  const clash: NodeDefinition = defineNode({
    ...about,
    type: 'Clash',
    title: 'Clash',
    outputs: { value: port.any() },
    run: () => expand({ a: { type: 'Number', inputs: { value: 1 } } }, { value: linkTo('a') }),
  })
  const typed: NodeDefinition = defineNode({
    ...about,
    type: 'Typed',
    title: 'Typed',
    checksTypes: true,
    inputs: { value: port.model(), other: port.model({ optional: true }) },
    outputs: { value: port.any() },
    validate: ({ inputTypes }) =>
      Object.entries(inputTypes ?? {}).flatMap(([input, type]) =>
        type === 'STRING' ? [{ input, message: `it takes no ${type}` }] : [],
      ),
    run: ({ inputs }) => ({ value: inputs.value }),
  })
  return [work, repeat, open, close, ask, words, note, clash, typed]
}

/** The nodes between a loop's ends and the ends themselves, for one more turn that starts with `value`. */
function copyBody(
  { getNode, nodeId }: HiddenValues,
  openId: string,
  value: number,
): Readonly<Record<string, ExpansionNode>> {
  const names = new Map([
    [nodeId, 'close'],
    [openId, 'open'],
  ])
  const bodies: Record<string, ExpansionNode> = {}
  const queue = [nodeId]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const node = getNode(id)
    if (node === undefined) throw new Error(`node ${id} is gone`)
    const inputs = Object.entries(node.inputs).map(([name, input]) => {
      if (!(input instanceof NodeLink)) return [name, input] as const
      if (!names.has(input.node)) {
        names.set(input.node, `body${names.size}`)
        queue.push(input.node)
      }
      return [name, linkTo(names.get(input.node) ?? '', input.slot)] as const
    })
    bodies[names.get(id) ?? ''] = { type: node.type, inputs: Object.fromEntries(inputs) }
  }
  return { ...bodies, open: { type: 'LoopOpen', inputs: { value } } }
}
