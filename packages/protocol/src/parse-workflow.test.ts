import { describe, expect, it } from 'vitest'
import { parseWorkflow, parseWorkflowText } from './index.ts'

describe('parseWorkflow', () => {
  it('tells the two formats apart and keeps fields it does not know', () => {
    const ui = {
      nodes: [{ id: 1, type: 'A', pos: { 0: 1, 1: 2 }, widgets_values: null, own: [1] }],
      links: [null],
      mine: 1,
    }
    expect(parseWorkflow(ui)).toEqual({ ok: true, value: { format: 'ui', document: ui } })
    const api = { 'a.1': { class_type: 'A', inputs: { x: ['b', 0] }, more: true } }
    expect(parseWorkflow(api)).toEqual({ ok: true, value: { format: 'api', document: api } })
    expect(parseWorkflow({})).toEqual({ ok: true, value: { format: 'api', document: {} } })
  })

  it('reports every fault with its place', () => {
    const parsed = parseWorkflow({ nodes: [{ id: 1.5, type: 'A' }, { id: 2 }, null], extra: 3 })
    if (parsed.ok) throw new Error('it must not parse')
    expect(new Set(parsed.problems.map(({ path }) => path))).toEqual(
      new Set(['/extra', '/nodes/0/id', '/nodes/1', '/nodes/2']),
    )
    expect(parsed.problems.every(({ code }) => code === 'NOT_A_WORKFLOW')).toBe(true)
  })

  it('has a code of its own for a node without a type', () => {
    const parsed = parseWorkflow({ 5: { inputs: {} }, 6: { class_type: 'A' }, 7: null })
    if (parsed.ok) throw new Error('it must not parse')
    expect(parsed.problems.map(({ code, path }) => [code, path])).toEqual([
      ['NODE_WITHOUT_TYPE', '/5'],
      ['NOT_A_WORKFLOW', '/6'],
      ['NOT_A_WORKFLOW', '/7'],
    ])
  })

  it.each([null, 1, 'text', [], [{ class_type: 'A' }], { a: 1 }, { nodes: {} }])('refuses %j', (value) => {
    expect(parseWorkflow(value)).toMatchObject({ ok: false, problems: [{ code: 'NOT_A_WORKFLOW' }] })
  })

  it.each<[string, (ui: object, api: object) => object, 'ui' | 'api']>([
    ['the metadata of a picture', (ui, api) => ({ workflow: ui, prompt: api }), 'ui'],
    ['texts in metadata', (ui, api) => ({ prompt: JSON.stringify(api), workflow: JSON.stringify(ui) }), 'ui'],
    ['what the editor makes', (ui, api) => ({ output: api, workflow: ui }), 'ui'],
    ['a prompt alone', (_, api) => ({ prompt: api, client_id: 'x' }), 'api'],
    ['an output alone', (_, api) => ({ output: api }), 'api'],
    ['a broken document beside a prompt', (_, api) => ({ workflow: '{', prompt: api }), 'api'],
    [
      'what is sent to run',
      (ui, api) => ({ prompt: api, extra_data: { extra_pnginfo: { workflow: ui } } }),
      'ui',
    ],
  ])('D-1 unwraps %s', (_, wrap, format) => {
    const ui = { nodes: [{ id: 1, type: 'A' }], links: [] }
    const api = { 1: { class_type: 'A', inputs: {} } }
    const document = format === 'ui' ? ui : api
    expect(parseWorkflow(wrap(ui, api))).toEqual({ ok: true, value: { format, document } })
  })

  it('D-1 takes nodes that are called like a wrapping for nodes', () => {
    const api = { prompt: { class_type: 'A', inputs: {} }, workflow: { class_type: 'B', inputs: {} } }
    expect(parseWorkflow(api)).toEqual({ ok: true, value: { format: 'api', document: api } })
    expect(parseWorkflow({ prompt: {} })).toMatchObject({ ok: false })
    expect(parseWorkflow({ prompt: 'a cat', workflow: [] })).toMatchObject({ ok: false })
  })

  it('reads text, with seeds of 64 bits', () => {
    const parsed = parseWorkflowText('{"1":{"class_type":"A","inputs":{"seed":18446744073709551615}}}')
    expect(parsed).toMatchObject({
      ok: true,
      value: { document: { 1: { inputs: { seed: 18446744073709551615n } } } },
    })
    expect(parseWorkflowText('{')).toMatchObject({ ok: false, problems: [{ code: 'NOT_JSON' }] })
  })
})
