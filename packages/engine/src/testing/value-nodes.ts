/** Nodes for tests that make and take values: numbers, lists, settings. */
import { defineNode, expand, linkTo, param, port } from '@dicache/sdk'
import type { NodeDefinition } from '@dicache/sdk'
import type { Stage } from './stage.ts'

const about = { version: 1, category: 'demo', description: 'For tests.' } as const

/** Makes the nodes. They write to the stage. */
export function createValueNodes(stage: Stage): readonly NodeDefinition[] {
  const { journal } = stage
  const number: NodeDefinition = defineNode({
    ...about,
    type: 'Number',
    title: 'Number',
    params: { value: param.int({ default: 1, min: -1000, max: 1000 }) },
    outputs: { value: port.int() },
    run: ({ params }) => {
      journal.push(`Number ${params.value}`)
      return { value: params.value }
    },
  })
  const add: NodeDefinition = defineNode({
    ...about,
    type: 'Add',
    title: 'Add',
    inputs: { a: port.int(), b: port.int({ optional: true }) },
    outputs: { sum: port.int() },
    run: ({ inputs }) => {
      journal.push(`Add ${inputs.a} ${inputs.b ?? 0}`)
      return { sum: inputs.a + (inputs.b ?? 0) }
    },
  })
  const settings: NodeDefinition = defineNode({
    ...about,
    type: 'Settings',
    title: 'All Settings',
    params: {
      seed: param.seed(),
      steps: param.int({ default: 20, min: 1, max: 100 }),
      cfg: param.float({ default: 8, min: 0, max: 100 }),
      text: param.text({ default: 'a cat', multiline: true }),
      mode: param.choice({ options: ['euler', 'heun', 'lms'] }),
      enabled: param.boolean({ default: true }),
      image: param.choice({ source: 'input', upload: 'image' }),
      note: param.text({ optional: true }),
      scale: param.float({ optional: true, default: 1.5 }),
      hint: param.int({ optional: true, socketOnly: true }),
    },
    outputs: { text: port.string() },
    run: ({ params }) => ({
      text: JSON.stringify(params, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
    }),
  })
  const show: NodeDefinition = defineNode({
    ...about,
    type: 'Show',
    title: 'Show',
    inputs: { value: port.any() },
    output: true,
    run: ({ inputs }) => {
      journal.push(`Show ${String(inputs.value)}`)
      return { ui: { text: [String(inputs.value)] } }
    },
  })
  const list: NodeDefinition = defineNode({
    ...about,
    type: 'List',
    title: 'List',
    params: { count: param.int({ default: 3, min: 0 }), first: param.int({ default: 0 }) },
    outputs: { items: port.int({ list: true }), count: port.int() },
    run: ({ params: { count, first } }) => ({
      items: Array.from({ length: count }, (_, index) => first + index),
      count,
    }),
  })
  const collect: NodeDefinition = defineNode({
    ...about,
    type: 'Collect',
    title: 'Collect',
    inputIsList: true,
    inputs: { items: port.any({}), more: port.any({ optional: true }) },
    params: { separator: param.text({ default: ',' }) },
    outputs: { text: port.string() },
    run: ({ inputs, params }) => ({
      text: [...inputs.items, ...inputs.more].map(String).join(params.separator[0]),
    }),
  })
  const model: NodeDefinition = defineNode({
    ...about,
    type: 'Model',
    title: 'Model',
    params: { file: param.choice({ source: 'models/vae', options: ['auto'] }) },
    outputs: { model: port.model<{ readonly file: string }>(), vae: port.vae() },
    run: ({ params }) => ({ model: { file: params.file }, vae: {} }),
  })
  const weights: NodeDefinition = defineNode({
    ...about,
    type: 'Weights',
    title: 'Weights',
    params: { file: param.text({ default: 'a' }), links: param.boolean({ optional: true }) },
    inputs: { more: port.int({ optional: true }) },
    outputs: { value: port.int() },
    fingerprint: () => stage.world,
    run: async ({ params: { file, links }, host }) => {
      journal.push(`Weights ${file}`)
      await host.models.resolve('vae', file)
      if (!links) return { value: 1 }
      return expand({ other: { type: 'Weights', inputs: { file: `${file}2` } } }, { value: linkTo('other') })
    },
  })
  const through: NodeDefinition = defineNode({
    ...about,
    type: 'Through',
    title: 'Through',
    inputs: { model: port.model(), other: port.int({ optional: true }), again: port.int({ optional: true }) },
    outputs: { model: port.model(), number: port.int() },
    run: ({ inputs }) => ({ model: inputs.model, number: inputs.other ?? 0 }),
  })
  return [number, add, settings, show, list, collect, model, weights, through]
}
