import { parseWorkflow } from '@dicache/protocol'
import type { Workflow } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { applySettings, compileDocument, createRegistry, listInputs } from '../index.ts'
import { createDemoPack } from '../testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])

function parse(document: object): Workflow {
  const parsed = parseWorkflow(document)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const ui = (): Workflow =>
  parse({
    nodes: [
      { id: 1, type: 'Number', widgets_values: [4], outputs: [{ name: 'value', type: 'INT', links: [9] }] },
      {
        id: 6,
        type: 'Settings',
        title: 'My v1.5 settings',
        widgets_values: [7, 'fixed', 30],
        inputs: [{ name: 'steps', type: 'INT', link: 9, widget: { name: 'steps' } }],
      },
      { id: 7, type: 'Number', title: 'Number' },
      { id: 8, type: 'Mystery' },
    ],
    links: [[9, 1, 0, 6, 0, 'INT']],
    extra: {
      dicache: {
        inputs: { prompt: '6.text', 'how many': 'My v1.5 settings.steps', lost: '99.text', mode: 3 },
        values: { 6: { cfg: 4 } },
      },
    },
  })

const held = (workflow: Workflow, id: string, name: string): unknown =>
  compileDocument(workflow, registry).graph.nodes.get(id)?.inputs.get(name)

describe('D-11 names', () => {
  it.each([
    ['prompt=a = fox', '6', 'text', 'a = fox'],
    ['how many=12', '6', 'steps', 12],
    ['6.seed=18446744073709551615', '6', 'seed', 18446744073709551615n],
    ['My v1.5 settings.mode=lms', '6', 'mode', 'lms'],
    ['All Settings.enabled=off', '6', 'enabled', false],
    ['Settings.cfg=1e1', '6', 'cfg', 10],
    ['6.hint=3', '6', 'hint', 3],
    ['6.note=', '6', 'note', ''],
    ['7.value=-2', '7', 'value', -2],
  ])('%s', (setting, id, name, value) => {
    const given = ui()
    const before = JSON.stringify(given)
    const { workflow, problems } = applySettings(given, [setting], registry)
    expect(problems).toEqual([])
    expect(held(workflow, id, name)).toMatchObject({ kind: 'value', value })
    expect(JSON.stringify(given)).toBe(before)
  })

  it.each([
    ['text', 'BAD_SETTING', 'name=value'],
    ['=1', 'BAD_SETTING', 'name=value'],
    ['propmt=1', 'UNKNOWN_SETTING', '"prompt"'],
    ['9.text=1', 'UNKNOWN_SETTING', 'no node "9"'],
    ['My v1.5 setings.text=1', 'UNKNOWN_SETTING', 'Did you mean "My v1.5 settings"'],
    ['6.txt=1', 'UNKNOWN_SETTING', '"text"'],
    ['8.text=1', 'UNKNOWN_NODE_TYPE', 'not installed'],
    ['lost=1', 'UNKNOWN_SETTING', 'no node "99"'],
    ['6.steps=1.5', 'BAD_SETTING', 'a whole number'],
    ['6.steps=many', 'BAD_SETTING', 'a whole number'],
    ['6.cfg=1,5', 'BAD_SETTING', 'a number'],
    ['6.cfg=Infinity', 'BAD_SETTING', 'a number'],
    ['6.enabled=perhaps', 'BAD_SETTING', 'true or false'],
    ['6.seed=', 'BAD_SETTING', 'a whole number'],
  ])('%s: %s', (setting, code, words) => {
    const given = ui()
    const { workflow, problems } = applySettings(given, [setting], registry)
    expect(problems).toMatchObject([{ code, severity: 'error', details: { setting } }])
    expect(problems[0]?.message).toContain(words)
    expect(workflow).toBe(given)
  })

  it('asks for the id where a name means two nodes', () => {
    const two = parse({
      nodes: [
        { id: 1, type: 'Number' },
        { id: 2, type: 'Number' },
      ],
    })
    const { problems } = applySettings(two, ['Number.value=1', '2.value=5'], registry)
    expect(problems).toMatchObject([
      { code: 'AMBIGUOUS_SETTING', message: expect.stringContaining('1, 2') as string },
    ])
  })
})

describe('D-13 the new document', () => {
  it('has the value in its widget, the link cut on both sides, and named values in step', () => {
    const { workflow } = applySettings(ui(), ['6.steps=12', '6.cfg=2', '6.hint=1', '6.steps=13'], registry)
    expect(workflow).toMatchObject({
      format: 'ui',
      document: {
        nodes: [
          { outputs: [{ links: [] }] },
          {
            inputs: [{ name: 'steps', link: null }],
            widgets_values: [7, 'fixed', 13, 2, 'a cat', 'euler', true, null, 'image', null, 1.5],
          },
          {},
          {},
        ],
        links: [],
        extra: { dicache: { values: { 6: { cfg: 2, hint: 1 } } } },
      },
    })
  })

  it('changes objects of widgets by name, and API documents in place', () => {
    const named = parse({ nodes: [{ id: 6, type: 'Settings', widgets_values: { steps: 3, own: 1 } }] })
    expect(applySettings(named, ['6.steps=4'], registry).workflow).toMatchObject({
      document: { nodes: [{ widgets_values: { steps: 4, own: 1 } }] },
    })
    const api = parse({ 6: { class_type: 'Settings', inputs: { steps: ['1', 0] }, _meta: { title: 'S' } } })
    expect(applySettings(api, ['S.steps=4'], registry).workflow).toMatchObject({
      document: { 6: { inputs: { steps: 4 }, _meta: { title: 'S' } } },
    })
  })
})

it('lists named inputs with type, value and default', () => {
  const { inputs, problems } = listInputs(ui(), registry)
  expect(inputs).toMatchObject([
    {
      name: 'prompt',
      nodeId: '6',
      nodeTitle: 'My v1.5 settings',
      type: 'STRING',
      value: 'a cat',
      default: 'a cat',
    },
    { name: 'how many', type: 'INT', value: undefined, default: 20 },
  ])
  expect(problems).toMatchObject([{ code: 'BAD_NAMED_INPUT', severity: 'warning' }])
  expect(listInputs(parse({}), registry)).toEqual({ inputs: [], problems: [] })
})
