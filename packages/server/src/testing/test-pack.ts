/** Nodes that do on purpose what nodes do by accident. Loaded by server and worker as a pack of its own. */
import { setTimeout as wait } from 'node:timers/promises'
import process from 'node:process'
import { definePack, defineNode, type NodeDefinition, param, port, type Pack } from '@dicache/sdk'

const base = { version: 1, category: 'test', description: 'For tests.' }

const value: NodeDefinition = defineNode({
  ...base,
  type: 'TestValue',
  title: 'Value',
  params: { value: param.int({ default: 0 }), seed: param.seed() },
  outputs: { value: port.int() },
  run: ({ params }) => ({ value: params.value }),
})

const output: NodeDefinition = defineNode({
  ...base,
  type: 'TestOutput',
  title: 'Output',
  inputs: { value: port.int() },
  output: true,
  run: ({ inputs }) => ({ ui: { text: [String(inputs.value)] } }),
})

/** Steps of `stepMs`, with progress and (by choice) a preview at each. */
const steps: NodeDefinition = defineNode({
  ...base,
  type: 'TestSteps',
  title: 'Steps',
  params: {
    steps: param.int({ default: 3 }),
    stepMs: param.int({ default: 0 }),
    previewBytes: param.int({ default: 0 }),
    mark: param.int({ default: 0 }),
  },
  output: true,
  notIdempotent: true,
  fingerprint: () => Number.NaN,
  async run({ params, report }) {
    for (let step = 1; step <= params.steps; step += 1) {
      if (params.stepMs > 0) await wait(params.stepMs)
      report.progress(step, params.steps)
      if (params.previewBytes > 0) {
        const bytes = new Uint8Array(params.previewBytes).fill(step)
        report.preview({
          mimeType: 'image/png',
          widthPx: 1,
          heightPx: 1,
          base64: Buffer.from(bytes).toString('base64'),
        })
      }
    }
    return { ui: { mark: [params.mark] } }
  },
})

/** Saves a file of its seed. */
const save: NodeDefinition = defineNode({
  ...base,
  type: 'TestSave',
  title: 'Save',
  params: {
    seed: param.seed(),
    prefix: param.text({ default: 'test' }),
    random: param.boolean({ default: false }),
  },
  inputs: { after: port.int({ optional: true }) },
  output: true,
  async run({ params, host }) {
    const text = params.random ? String(Math.random()) : `seed ${params.seed}`
    const file = await host.outputs.save({
      bytes: Buffer.from(text),
      prefix: params.prefix,
      extension: 'txt',
      kind: 'output',
    })
    return { ui: { files: [{ ...file }] } }
  },
})

/** Saves the length of a weight file's name, as a loader and what depends on it would. */
const weights: NodeDefinition = defineNode({
  ...base,
  type: 'TestWeights',
  title: 'Weights',
  params: { name: param.text() },
  outputs: { value: port.int() },
  async fingerprint({ params, host }) {
    const listed = await host.models.list('vae')
    return listed.find(({ name }) => name === params.name)?.modifiedMs ?? 0
  },
  async run({ params, host }) {
    return { value: (await host.models.resolve('vae', params.name)).length }
  },
})

/** Ends the worker in one of the ways in which workers end. */
const harm: NodeDefinition = defineNode({
  ...base,
  type: 'TestHarm',
  title: 'Harm',
  params: { how: param.choice({ options: ['crash', 'exit', 'heap', 'hang', 'throw', 'wait'] }) },
  output: true,
  async run({ params }) {
    switch (params.how) {
      case 'crash':
        process.abort()
      case 'exit':
        process.exit(3)
      case 'heap': {
        const kept: number[][] = []
        for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index + kept.length))
      }
      case 'hang':
        for (;;) Math.random()
      case 'throw':
        throw new Error('on purpose')
      case 'wait':
        // Deaf to everything: no signal, no end.
        await new Promise(() => undefined)
    }
    return {}
  },
})

/** Says how often the resource was made and which process it is in. */
const resource: NodeDefinition = defineNode({
  ...base,
  type: 'TestResource',
  title: 'Resource',
  output: true,
  notIdempotent: true,
  fingerprint: () => Number.NaN,
  async run({ host }) {
    const made = await host.resource('test', async () => ({ value: crypto.randomUUID() }))
    return { ui: { made: [made], pid: [process.pid], token: [process.env['SECRET_TOKEN'] ?? null] } }
  },
})

export const pack: Pack = definePack({
  name: 'test',
  version: '1.0.0',
  nodes: [value, output, steps, save, weights, harm, resource],
})
