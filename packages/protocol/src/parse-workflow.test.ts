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

  it('reads text, with seeds of 64 bits', () => {
    const parsed = parseWorkflowText('{"1":{"class_type":"A","inputs":{"seed":18446744073709551615}}}')
    expect(parsed).toMatchObject({
      ok: true,
      value: { document: { 1: { inputs: { seed: 18446744073709551615n } } } },
    })
    expect(parseWorkflowText('{')).toMatchObject({ ok: false, problems: [{ code: 'NOT_JSON' }] })
  })
})
