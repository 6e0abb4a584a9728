/** Nodes for tests that steer a run: they choose, block, fail, wait, expand and report. */
import { block, defineNode, expand, linkTo, NodeLink, param, port, stringifyJson } from '@dicache/sdk'
import type { NodeDefinition } from '@dicache/sdk'
import type { Stage } from './stage.ts'

const about = { version: 1, category: 'demo', description: 'For tests.' } as const

/** Makes the nodes. They write to the stage. */
export function createFlowNodes(stage: Stage): readonly NodeDefinition[] {
  const { journal, gates } = stage
  const choose: NodeDefinition = defineNode({
    ...about,
    type: 'Choose',
    title: 'Choose',
    inputs: { yes: port.any({ lazy: true }), no: port.any({ lazy: true }) },
    params: { condition: param.boolean({ default: true }) },
    outputs: { value: port.any() },
    checkLazy: ({ params }) => [params.condition ? 'yes' : 'no'],
    run: ({ inputs, params }) => ({ value: params.condition ? inputs.yes : inputs.no }),
  })
  const gate: NodeDefinition = defineNode({
    ...about,
    type: 'Gate',
    title: 'Gate',
    inputs: { value: port.int() },
    params: { atMost: param.int({ default: 1 }), message: param.text({ default: '' }) },
    outputs: { value: port.int() },
    run: ({ inputs, params }) => ({
      value:
        inputs.value <= params.atMost
          ? inputs.value
          : block(params.message === '' ? undefined : params.message),
    }),
  })
  const fail: NodeDefinition = defineNode({
    ...about,
    type: 'Fail',
    title: 'Fail',
    inputs: { value: port.any({ optional: true }) },
    params: { message: param.text({ default: 'broken on purpose' }) },
    outputs: { value: port.int() },
    run: ({ params }) => {
      throw new RangeError(params.message)
    },
  })
  const wait: NodeDefinition = defineNode({
    ...about,
    type: 'Wait',
    title: 'Wait',
    concurrent: true,
    inputs: { value: port.int({ optional: true }) },
    params: { gate: param.text({ default: 'gate' }) },
    outputs: { value: port.int() },
    run: async ({ inputs, params, signal }) => {
      journal.push(`Wait ${params.gate} begins`)
      const cancelled = new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
      await Promise.race([gates.get(params.gate), cancelled])
      journal.push(`Wait ${params.gate} ends`)
      return { value: inputs.value ?? 0 }
    },
  })
  const world: NodeDefinition = defineNode({
    ...about,
    type: 'World',
    title: 'World',
    params: { name: param.text({ default: 'w' }) },
    outputs: { value: port.int() },
    fingerprint: ({ params }) => {
      stage.asked++
      if (stage.world === 'unreadable') throw new Error('unreadable')
      return params.name === undefined ? null : stage.world
    },
    run: () => {
      journal.push(`World ${stage.world}`)
      return { value: 7 }
    },
  })
  const report: NodeDefinition = defineNode({
    ...about,
    type: 'Report',
    title: 'Report',
    params: { steps: param.int({ default: 2 }) },
    outputs: { value: port.int() },
    run: ({ params, report: tell }) => {
      for (let step = 1; step <= params.steps; step++) {
        tell.progress(step, params.steps, `step ${step}`)
        tell.event('step', { step, reused: step > 1 })
      }
      tell.log('done', 'warning')
      return { value: params.steps }
    },
  })
  const countdown: NodeDefinition = defineNode({
    ...about,
    type: 'Countdown',
    title: 'Countdown',
    inputs: { total: port.any({ optional: true }) },
    params: { from: param.int({ default: 3 }) },
    outputs: { total: port.any() },
    run: ({ inputs, params }) => {
      journal.push(`Countdown ${params.from}`)
      const total = (inputs.total as number | undefined) ?? 0
      if (params.from === 0) return { total }
      return expand(
        {
          sum: { type: 'Add', inputs: { a: total, b: params.from } },
          next: { type: 'Countdown', inputs: { total: linkTo('sum'), from: params.from - 1 } },
        },
        { total: linkTo('next') },
      )
    },
  })
  const redo: NodeDefinition = defineNode({
    ...about,
    type: 'Redo',
    title: 'Redo',
    inputs: { body: port.any({ rawLink: true }) },
    params: { wanted: param.boolean({ default: true }) },
    outputs: { value: port.any() },
    run: ({ inputs, params }) => {
      journal.push(`Redo ${params.wanted}`)
      if (!params.wanted) return { value: inputs.body.node }
      return expand(
        {
          again: { type: 'Add', inputs: { a: inputs.body, b: 100 } },
          seen: { type: 'Show', inputs: { value: linkTo('again') } },
        },
        { value: linkTo('again') },
      )
    },
  })
  const broken: NodeDefinition = defineNode({
    ...about,
    type: 'Broken',
    title: 'Broken',
    params: {
      how: param.choice({
        options: ['no output', 'no list', 'unknown type', 'cycle', 'self', 'nowhere', 'object'],
      }),
    },
    outputs: { items: port.int({ list: true }) },
    run: ({ params }) => {
      switch (params.how) {
        case 'no output':
          return {} as never
        case 'no list':
          return { items: 5 } as never
        case 'unknown type':
          return expand({ a: { type: 'Mystery', inputs: {} } }, { items: linkTo('a') })
        case 'cycle':
          return expand(
            {
              a: { type: 'Add', inputs: { a: linkTo('b') } },
              b: { type: 'Add', inputs: { a: linkTo('a') } },
            },
            { items: linkTo('a') },
          )
        case 'self':
          return expand(
            { a: { type: 'Add', inputs: { a: new NodeLink('1', 0, 'graph') } } },
            { items: linkTo('a') },
          )
        case 'nowhere':
          return expand({}, { items: linkTo('a') })
        case 'object':
          return expand({ a: { type: 'Number', inputs: { value: [1] } } }, { items: linkTo('a') })
      }
    },
  })
  const preview: NodeDefinition = defineNode({
    ...about,
    type: 'Preview',
    title: 'Preview',
    params: { count: param.int({ default: 1 }) },
    outputs: { value: port.int() },
    run: async ({ params, report }) => {
      for (let index = 0; index < params.count; index++) {
        report.preview({ dtype: 'float32', shape: [1, 1, 1, 1], data: Float32Array.of(index) })
      }
      report.preview({ mimeType: 'image/png', widthPx: 1, heightPx: 1, base64: 'AA' })
      return { value: 1 }
    },
  })
  const anywhere: NodeDefinition = defineNode({
    ...about,
    type: 'Anywhere',
    title: 'Anywhere',
    notIdempotent: true,
    outputs: { value: port.int() },
    run: ({ hidden }) => {
      journal.push(`Anywhere ${hidden.nodeId}`)
      return { value: 1 }
    },
  })
  const peek: NodeDefinition = defineNode({
    ...about,
    type: 'Peek',
    title: 'Peek',
    outputs: { text: port.string() },
    run: ({ hidden: { prompt, document, nodeId, runId } }) => ({
      text: stringifyJson({ prompt, document: document ?? null, nodeId, runId }),
    }),
  })
  const picky: NodeDefinition = defineNode({
    ...about,
    type: 'Picky',
    title: 'Picky',
    params: { file: param.choice({ source: 'input', checkedByNode: true }) },
    outputs: { value: port.int() },
    validate: async ({ params, host }) => {
      const files = await host.inputs.list()
      const isThere = params.file === undefined || files.includes(params.file.replace(' [input]', ''))
      return isThere ? [] : [{ input: 'file', message: `there is no file "${params.file}"` }]
    },
    run: () => ({ value: 1 }),
  })
  const neighbour: NodeDefinition = defineNode({
    ...about,
    type: 'Neighbour',
    title: 'Neighbour',
    inputs: { body: port.any({ rawLink: true }) },
    outputs: { text: port.string() },
    run: ({ inputs, hidden: { getNode } }) => {
      const near = getNode(inputs.body.node)
      const inner = getNode('1.0.next')
      const total = inner?.inputs['total']
      const from = total instanceof NodeLink ? total.node : 'no link'
      return {
        text: `${near?.type} from ${String(near?.inputs['from'])}, shown at ${near?.displayId}; 1.0.next: ${inner?.type} total from ${from}; nowhere: ${getNode('nowhere')?.type ?? 'nothing'}`,
      }
    },
  })
  return [
    neighbour,
    choose,
    gate,
    fail,
    wait,
    world,
    report,
    countdown,
    redo,
    broken,
    preview,
    anywhere,
    peek,
    picky,
  ]
}
