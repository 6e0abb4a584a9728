import { parseWorkflow } from '@dicache/protocol'
import type { Workflow } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { applySettings, compileDocument, createRegistry, listInputs } from '../index.ts'
import type { Compiled } from '../index.ts'
import { createDemoPack } from '../testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])

function compile(document: object): Compiled {
  const parsed = parseWorkflow(document)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileDocument(parsed.value, registry)
}

/** Every node's inputs: constants as they are, links as `node:slot`. */
function shown({ graph }: Compiled): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...graph.nodes].map(([id, { inputs }]) => [
      id,
      Object.fromEntries(
        [...inputs].map(([name, input]) => [
          name,
          input.kind === 'link' ? `${input.from}:${input.slot}` : 'value' in input && input.value,
        ]),
      ),
    ]),
  )
}

type Ends = readonly [from: number | string, slot: number, to: number | string, slot: number]
/** Links as they stand inside of subgraphs, numbered from 1. */
const links = (...ends: readonly Ends[]): readonly object[] =>
  ends.map(([origin_id, origin_slot, target_id, target_slot], index) => ({
    id: index + 1,
    origin_id,
    origin_slot,
    target_id,
    target_slot,
    type: 'INT',
  }))
const number = (id: number, value: number, link: number | null = null): object => ({
  id,
  type: 'Number',
  inputs: [{ name: 'value', type: 'INT', link, widget: { name: 'value' } }],
  outputs: [{ name: 'value', type: 'INT' }],
  widgets_values: [value],
})
const add = (id: number, a: number | null, b: number | null): object => ({
  id,
  type: 'Add',
  inputs: [
    { name: 'a', type: 'INT', link: a },
    { name: 'b', type: 'INT', link: b },
  ],
  outputs: [{ name: 'sum', type: 'INT' }],
})
const show = (id: number, link: number): object => ({
  id,
  type: 'Show',
  inputs: [{ name: 'value', type: '*', link }],
})
const INT = (name: string): object => ({ id: name, name, type: 'INT' })

/** a (a socket) + more (a setting of the inner node 5). */
const PLUS = {
  id: 'plus',
  version: 1,
  name: 'Plus',
  inputs: [INT('a'), INT('more')],
  outputs: [INT('sum')],
  nodes: [number(5, 10, 2), add(6, 1, 3)],
  links: links([-10, 0, 6, 0], [-10, 1, 5, 0], [5, 0, 6, 1], [6, 0, -20, 0]),
}
const instance = (id: number, link: number | null, more: object = {}): object => ({
  id,
  type: 'plus',
  inputs: [
    { name: 'a', type: 'INT', link },
    { name: 'more', type: 'INT', link: null, widget: { name: 'more' } },
  ],
  outputs: [{ name: 'sum', type: 'INT', links: [2] }],
  ...more,
})
const document = (plus: object, more: object = {}): object => ({
  nodes: [number(1, 3), plus, show(3, 2)],
  links: [
    [1, 1, 0, 2, 0, 'INT'],
    [2, 2, 0, 3, 0, 'INT'],
  ],
  definitions: { subgraphs: [PLUS] },
  ...more,
})

describe('D-22 subgraphs', () => {
  it('are replaced by their inner nodes, whose ids are joined with colons', () => {
    const compiled = compile(document(instance(2, 1)))
    expect(compiled.problems).toEqual([])
    expect(shown(compiled)).toEqual({
      1: { value: 3 },
      3: { value: '2:6:0' },
      '2:5': { value: 10 },
      '2:6': { a: '1:0', b: '2:5:0' },
    })
    expect(compiled.graph.nodes.get('2:5')?.path).toBe('/definitions/subgraphs/0/nodes/0')
  })

  it('take the values that their instances carry', () => {
    const more = (plus: object): unknown => shown(compile(document(plus)))['2:5']
    expect(more(instance(2, 1, { widgets_values: [77] }))).toEqual({ value: 77 })
    expect(more(instance(2, 1, { widgets_values: { more: 78 } }))).toEqual({ value: 78 })
    expect(more(instance(2, 1, { widgets_values: [null] }))).toEqual({ value: 10 })
    const proxies = (list: readonly unknown[], values: readonly unknown[]): object => ({
      inputs: [{ name: 'a', type: 'INT', link: 1 }],
      properties: { proxyWidgets: list },
      widgets_values: values,
    })
    expect(more(instance(2, 1, proxies([['-1', 'more']], [79])))).toEqual({ value: 79 })
    expect(more(instance(2, 1, proxies([['5', 'value']], [80])))).toEqual({ value: 80 })
    // Lists that do not fit each other say nothing.
    expect(more(instance(2, 1, proxies([['-1', 'more']], [79, 1])))).toEqual({ value: 10 })
    expect(more(instance(2, 1, proxies(['broken', ['-1']], [79, 1])))).toEqual({ value: 10 })
    // Sockets that the file does not list are those of the definition.
    expect(more(instance(2, 1, { inputs: [{ name: 'a', link: 1 }], widgets_values: [82] }))).toEqual({
      value: 82,
    })
    expect(more(instance(2, 1, proxies([], [83])))).toEqual({ value: 83 })
    expect(more(instance(2, 1, { widgets_values: [84, 'fixed'] }))).toEqual({ value: 84 })
    expect(more(instance(2, 1, { widgets_values: [84, 85] }))).toEqual({ value: 10 })
  })

  it('take what their instance says of an inner setting that is no input of theirs', () => {
    const plus = { ...PLUS, inputs: [INT('a')], nodes: [number(5, 10), add(6, 1, 3)] }
    const compiled = compile(
      document(instance(2, 1, { properties: { proxyWidgets: [['5', 'value']] }, widgets_values: [81] }), {
        definitions: { subgraphs: [plus] },
      }),
    )
    expect(shown(compiled)['2:5']).toEqual({ value: 81 })
  })

  it('D-9 take named values, for one instance before all', () => {
    const more = (values: object): unknown =>
      shown(compile(document(instance(2, 1, { widgets_values: [77] }), { extra: { dicache: { values } } })))[
        '2:5'
      ]
    expect(more({ '2:5': { value: 5 }, 'plus/5': { value: 6 } })).toEqual({ value: 5 })
    // What the instance promotes is closer than what the definition says.
    expect(more({ 'plus/5': { value: 6 } })).toEqual({ value: 77 })
  })

  it('are opened once per instance, and nest', () => {
    const twice = {
      id: 'twice',
      inputs: [INT('start'), INT('step')],
      outputs: [INT('end')],
      nodes: [
        instance(1, 1, {
          inputs: [
            { name: 'a', type: 'INT', link: 1 },
            { name: 'more', type: 'INT', link: 3, widget: { name: 'more' } },
          ],
          widgets_values: [44],
        }),
        instance(2, 2, { widgets_values: [4] }),
      ],
      links: links([-10, 0, 1, 0], [1, 0, 2, 0], [-10, 1, 1, 1], [2, 0, -20, 0]),
    }
    const outer = (values: readonly number[]): object =>
      document(
        {
          id: 2,
          type: 'twice',
          // The order of sockets is another one than the definition's: names count.
          inputs: [
            { name: 'step', type: 'INT', link: null, widget: { name: 'step' } },
            { name: 'start', type: 'INT', link: 1 },
          ],
          outputs: [{ name: 'end', type: 'INT', links: [2] }],
          widgets_values: values,
        },
        // Definitions may stand inside of others.
        { definitions: { subgraphs: [{ ...twice, definitions: { subgraphs: [PLUS] } }] } },
      )
    const compiled = compile(outer([9]))
    expect(compiled.problems).toEqual([])
    expect(shown(compiled)).toEqual({
      1: { value: 3 },
      3: { value: '2:2:6:0' },
      '2:1:5': { value: 9 },
      '2:1:6': { a: '1:0', b: '2:1:5:0' },
      '2:2:5': { value: 4 },
      '2:2:6': { a: '2:1:6:0', b: '2:2:5:0' },
    })
    expect(shown(compile(outer([])))['2:1:5']).toEqual({ value: 44 })
  })

  it('are left out when muted, and stepped over when bypassed', () => {
    expect(shown(compile(document(instance(2, 1, { mode: 2 }))))).toEqual({ 1: { value: 3 }, 3: {} })
    expect(shown(compile(document(instance(2, 1, { mode: 4 }))))).toEqual({
      1: { value: 3 },
      3: { value: '1:0' },
    })
  })

  it('do without nodes that are muted or bypassed inside', () => {
    const inside = (mode: number): unknown => {
      const nodes = [number(5, 10, 2), { ...add(6, 1, 3), mode }]
      return shown(compile(document(instance(2, 1), { definitions: { subgraphs: [{ ...PLUS, nodes }] } })))[
        '3'
      ]
    }
    expect(inside(0)).toEqual({ value: '2:6:0' })
    expect(inside(2)).toEqual({})
    expect(inside(4)).toEqual({ value: '1:0' })
  })

  it('that hold themselves, are nested too deeply or too large are reported, and all else compiles', () => {
    const self = { ...PLUS, nodes: [instance(5, null), add(6, 1, 3)] }
    const cyclic = compile(document(instance(2, 1), { definitions: { subgraphs: [self] } }))
    expect(cyclic.problems).toMatchObject([{ code: 'CYCLE', nodeId: '2:5', severity: 'error' }])
    expect(Object.keys(shown(cyclic))).toEqual(['1', '3', '2:6'])

    const chain = Array.from({ length: 200 }, (_, n) => ({
      id: `s${n}`,
      nodes: [{ id: 1, type: `s${n + 1}` }],
    }))
    const deep = compile({ nodes: [{ id: 1, type: 's0' }], definitions: { subgraphs: chain } })
    expect(deep.problems).toMatchObject([{ code: 'TOO_DEEP' }])

    const tens = Array.from({ length: 9 }, (_, n) => ({
      id: `s${n}`,
      nodes: Array.from({ length: 10 }, (_unused, id) => ({ id, type: `s${n + 1}` })),
    }))
    const large = compile({ nodes: [{ id: 1, type: 's0' }], definitions: { subgraphs: tens } })
    expect(large.problems).toMatchObject([{ code: 'TOO_LARGE' }])
    expect(large.graph.nodes.size).toBeLessThan(50_000)
  })

  it('that cannot be read are reported with their place', () => {
    const compiled = compile(
      document(instance(2, 1), { definitions: { subgraphs: ['x', { id: 'plus', nodes: [{}] }] } }),
    )
    expect(new Set(compiled.problems.map(({ code, path }) => `${code} ${path}`))).toEqual(
      new Set(['NOT_A_WORKFLOW /definitions/subgraphs/1/nodes/0']),
    )
    expect(shown(compiled)).toEqual({ 1: { value: 3 }, 3: {} })
  })
})

describe('D-11, D-13 settings in subgraphs', () => {
  const given = (): object =>
    document(instance(2, 1, { title: 'Plus', widgets_values: [77] }), {
      extra: { dicache: { inputs: { more: '2.more' } } },
    })
  const parse = (value: object): Workflow => {
    const parsed = parseWorkflow(value)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return parsed.value
  }
  const applied = (value: object, setting: string): unknown => {
    const { workflow, problems } = applySettings(parse(value), [setting], registry)
    expect(problems).toEqual([])
    return shown(compileDocument(workflow, registry))
  }

  it.each(['2.more=5', 'more=5', 'Plus.more=5', '2:5.value=5'])('%s', (setting) => {
    expect(applied(given(), setting)).toMatchObject({ '2:5': { value: 5 }, '2:6': { a: '1:0', b: '2:5:0' } })
  })

  it('cut a link to the instance', () => {
    const linked = document(
      instance(2, 1, {
        inputs: [
          { name: 'a', link: 1 },
          { name: 'more', link: 3, widget: { name: 'more' } },
        ],
      }),
      {
        links: [
          [1, 1, 0, 2, 0, 'INT'],
          [2, 2, 0, 3, 0, 'INT'],
          [3, 1, 0, 2, 1, 'INT'],
        ],
      },
    )
    expect(shown(compile(linked))['2:5']).toEqual({ value: '1:0' })
    expect(applied(linked, '2.more=5')).toMatchObject({ '2:5': { value: 5 } })
    // From inside, the link to one instance cannot be cut.
    const { problems, workflow } = applySettings(parse(linked), ['2:5.value=5'], registry)
    expect(problems).toMatchObject([
      { code: 'BAD_SETTING', nodeId: '2:5', details: { setting: '2:5.value=5' } },
    ])
    expect(shown(compileDocument(workflow, registry))['2:5']).toEqual({ value: '1:0' })
  })

  it('are listed, and named when they are not there', () => {
    expect(listInputs(parse(given()), registry)).toMatchObject({
      inputs: [{ name: 'more', nodeId: '2', nodeTitle: 'Plus', value: 77, default: 1 }],
      problems: [],
    })
    const { problems } = applySettings(parse(given()), ['2.a=1', '2:9.value=1'], registry)
    expect(problems).toMatchObject([{ code: 'UNKNOWN_SETTING' }, { code: 'UNKNOWN_SETTING' }])
    expect(problems[0]?.message).toContain('It has "more".')
  })
})

describe('D-22 group nodes of old files', () => {
  const group = (more: object = {}): object => ({
    nodes: [
      { id: 1, type: 'Number', widgets_values: [3], outputs: [{ name: 'value', links: [1] }] },
      {
        id: 2,
        type: 'workflow>Plus',
        title: 'My group',
        inputs: [{ name: 'b', type: 'INT', link: 1 }],
        outputs: [
          { name: 'value', type: 'INT', links: [] },
          { name: 'sum', type: 'INT', links: [2] },
          { name: 'text', type: 'STRING', links: [] },
        ],
        widgets_values: [8, 5, 'fixed', 9],
      },
      show(3, 2),
    ],
    links: [
      [1, 1, 0, 2, 0, 'INT'],
      [2, 2, 1, 3, 0, 'INT'],
    ],
    extra: {
      groupNodes: {
        Plus: {
          nodes: [
            { type: 'Number', widgets_values: [1], outputs: [{ name: 'value', type: 'INT' }], index: 0 },
            {
              type: 'Add',
              inputs: [
                { name: 'a', type: 'INT', link: null },
                { name: 'b', type: 'INT', link: null },
              ],
              outputs: [{ name: 'sum', type: 'INT' }],
              index: 1,
            },
            {
              type: 'Settings',
              widgets_values: [0, 'randomize', 2],
              outputs: [{ name: 'text', type: 'STRING' }],
              index: 2,
            },
          ],
          links: [[0, 0, 1, 0, 7, 'INT'], [null, 0, 1, 1, 8, 'INT'], 'broken', [0, 0, 99, 0]],
          external: [
            [0, 0, 'INT'],
            [1, 0, 'INT'],
          ],
        },
      },
    },
    ...more,
  })

  it('are replaced by their nodes, each with its part of the values', () => {
    const compiled = compile(group())
    expect(compiled.problems).toEqual([])
    expect(shown(compiled)).toMatchObject({
      3: { value: '2:1:0' },
      '2:0': { value: 8 },
      '2:1': { a: '2:0:0', b: '1:0' },
      '2:2': { seed: 5, steps: 9 },
    })
  })

  it('say when their values do not fit, or the group is not there', () => {
    const short = JSON.parse(JSON.stringify(group()).replace('[8,5,"fixed",9]', '[8,5]')) as object
    const compiled = compile(short)
    expect(compiled.problems).toMatchObject([{ code: 'BAD_WIDGET_VALUES', severity: 'warning', nodeId: '2' }])
    expect(shown(compiled)).toMatchObject({ '2:0': { value: 1 }, '2:2': { steps: 2 } })
    for (const extra of [
      {},
      { groupNodes: { Plus: 5 } },
      { groupNodes: { Plus: { nodes: [null] } } },
      null,
    ]) {
      const broken = compile(group({ extra }))
      expect(broken.problems).toMatchObject([
        { code: 'UNSUPPORTED_DOCUMENT_FEATURE', nodeId: '2', details: { feature: 'group node' } },
      ])
      expect(shown(broken)).toEqual({ 1: { value: 3 }, 3: {} })
    }
  })
})
