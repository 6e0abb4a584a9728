import { defineNode, definePack, param, port } from '@dicache/sdk'
import { expect, describe, it } from 'vitest'
import { createHost, type Host } from './create-host.ts'
import { hasErrors, openWorkflow, refusal, workflowInputs } from './open-workflow.ts'
import { withDefaults } from './with-defaults.ts'

const pack = definePack({
  name: 'shop',
  version: '1.0.0',
  nodes: [
    defineNode({
      type: 'Number',
      version: 1,
      title: 'Number',
      category: 'test',
      description: 'Gives a number.',
      params: { value: param.int({ default: 3, min: 0, max: 9, description: 'The number.' }) },
      outputs: { number: port.int() },
      run: ({ params }) => ({ number: params.value }),
    }),
    defineNode({
      type: 'Show',
      version: 1,
      title: 'Show',
      category: 'test',
      description: 'Shows a number.',
      inputs: { number: port.int() },
      output: true,
      run: ({ inputs }) => ({ ui: { text: [String(inputs.number)] } }),
    }),
  ],
})

/** No folder is made: nothing is written. */
const shopHost = (): Promise<Host> => createHost({ home: '/nowhere/at/all', packs: [pack] })

const GRAPH = {
  1: { class_type: 'Number', inputs: { value: 5 } },
  2: { class_type: 'Show', inputs: { number: ['1', 0] } },
}
const NAMED = { ...GRAPH, extra: undefined }

describe('openWorkflow', () => {
  it('gives a graph that runs', async () => {
    const host = await shopHost()
    const { graph, problems } = await openWorkflow(host, JSON.stringify(NAMED), { settings: ['1.value=7'] })
    expect(problems).toEqual([])
    if (graph === undefined) throw new Error('no graph')
    const result = await host.engine.run(graph)
    expect(result.status).toBe('finished')
    if (result.status === 'refused') throw new Error('refused')
    expect(result.nodes.get('2')).toMatchObject({ status: 'executed', ui: { text: ['7'] } })
    expect(host.device()).toBeUndefined()
    await host.dispose()
  })

  it('tells problems of settings, document and values together', async () => {
    const host = await shopHost()
    const text = JSON.stringify({ ...GRAPH, 3: { class_type: 'Shwo', inputs: {} } })
    const { problems } = await openWorkflow(host, text, { settings: ['1.value=99', 'size=1', 'nonsense'] })
    expect(problems.map(({ code }) => code).toSorted()).toEqual([
      'BAD_SETTING',
      'UNKNOWN_NODE_TYPE',
      'UNKNOWN_SETTING',
      'VALUE_OUT_OF_RANGE',
    ])
    expect(hasErrors(problems)).toBe(true)
  })

  it('throws nothing for what is no workflow', async () => {
    const host = await shopHost()
    for (const text of ['', '{', 'null', '[]', '"x"', '{"a": 1}']) {
      const opened = await openWorkflow(host, text)
      expect(opened.graph).toBeUndefined()
      expect(opened.problems).toHaveLength(1)
    }
  })

  it('lists named inputs', async () => {
    const host = await shopHost()
    const document = {
      nodes: [{ id: 1, type: 'Number', widgets_values: [4], inputs: [], outputs: [], mode: 0 }],
      links: [],
      version: 0.4,
      extra: { dicache: { inputs: { count: '1.value' } } },
    }
    const { workflow } = await openWorkflow(host, JSON.stringify(document))
    if (workflow === undefined) throw new Error('no workflow')
    const { inputs } = workflowInputs(host, workflow)
    expect(inputs).toMatchObject([{ name: 'count', value: 4, default: 3, nodeId: '1' }])
  })
})

describe('refusal', () => {
  it('is the first error, and counts the others', async () => {
    const host = await shopHost()
    const text = JSON.stringify({
      1: { class_type: 'Shwo', inputs: {} },
      2: { class_type: 'Show', inputs: { number: ['1', 0] } },
      3: { class_type: 'Show', inputs: {} },
    })
    const error = refusal((await openWorkflow(host, text)).problems)
    expect(error).toMatchObject({ code: 'UNKNOWN_NODE_TYPE', nodeId: '1', exitCode: 2 })
    expect(error.message).toMatch(/\(and 1 more problem\)$/)
  })

  it('is NO_OUTPUTS when nothing is wrong but nothing can be run', () => {
    expect(refusal([]).code).toBe('NO_OUTPUTS')
  })
})

describe('withDefaults', () => {
  it('fills settings that are left out, and leaves the others and unknown nodes alone', async () => {
    const host = await shopHost()
    expect(
      withDefaults(host, {
        1: { class_type: 'Number', inputs: {} },
        2: { class_type: 'X', inputs: { a: 1 } },
      }),
    ).toEqual({ 1: { class_type: 'Number', inputs: { value: 3 } }, 2: { class_type: 'X', inputs: { a: 1 } } })
    expect(withDefaults(host, GRAPH)).toEqual(GRAPH)
  })
})
