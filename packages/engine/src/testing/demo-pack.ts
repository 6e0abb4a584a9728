/** Small real nodes for the tests of this package: arithmetic, lists, blockers, lazy inputs, expansions, failures. */
import { block, defineNode, definePack, expand, linkTo, NodeLink, param, port } from '@dicache/sdk'
import type { NodeDefinition, Pack } from '@dicache/sdk'

const about = { version: 1, category: 'demo', description: 'For tests.' } as const

/** What the nodes note down about themselves: one array per test. */
export type Journal = string[]

/** Things that a test decides while a run is going on. */
export type Stage = {
  readonly journal: Journal
  /** What `Wait` nodes wait for, by name. */
  readonly gates: Map<string, Promise<unknown>>
  /** What `World` nodes see. */
  world: string | number
}

/** Makes an empty stage. */
export function createStage(): Stage {
  return { journal: [], gates: new Map(), world: 'w0' }
}

/** Makes the pack. Its nodes write to the stage. */
export function createDemoPack(stage: Stage = createStage()): Pack {
  const { journal, gates } = stage
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
  const model: NodeDefinition = defineNode({
    ...about,
    type: 'Model',
    title: 'Model',
    params: { file: param.choice({ source: 'models/vae' }) },
    outputs: { model: port.model<{ readonly file: string }>(), vae: port.vae() },
    run: ({ params }) => ({ model: { file: params.file }, vae: {} }),
  })
  const through: NodeDefinition = defineNode({
    ...about,
    type: 'Through',
    title: 'Through',
    inputs: { model: port.model(), other: port.int({ optional: true }), again: port.int({ optional: true }) },
    outputs: { model: port.model(), number: port.int() },
    run: ({ inputs }) => ({ model: inputs.model, number: inputs.other ?? 0 }),
  })
  const nodes = [
    number,
    add,
    settings,
    show,
    list,
    collect,
    choose,
    gate,
    fail,
    wait,
    world,
    report,
    countdown,
  ]
  return definePack({
    name: 'demo',
    version: '1.0.0',
    nodes: [...nodes, redo, broken, preview, anywhere, picky, model, through],
  })
}
