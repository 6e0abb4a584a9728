import { parseWorkflow } from '@dicache/protocol'
import type { UiNode } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { compileDocument, createRegistry } from '../index.ts'
import type { Compiled } from '../index.ts'
import { createDemoPack } from '../testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])

function compile(document: object): Compiled {
  const parsed = parseWorkflow(document)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileDocument(parsed.value, registry)
}

/** What the inputs of a node hold: constants as they are, links as `node:slot`. */
function inputsOf({ graph }: Compiled, id: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...(graph.nodes.get(id)?.inputs ?? [])].map(([name, input]) => [
      name,
      input.kind === 'link' ? `${input.from}:${input.slot}` : 'value' in input && input.value,
    ]),
  )
}

const settings = (values: unknown, more: Partial<UiNode> = {}): Compiled =>
  compile({ nodes: [{ id: 1, type: 'Settings', widgets_values: values, ...more }] })

const FULL = [7, 'randomize', 30, 2.5, 'a fox', 'heun', false, 'cat.png', 'image', 'a note', 2]
const HELD = {
  seed: 7,
  steps: 30,
  cfg: 2.5,
  text: 'a fox',
  mode: 'heun',
  enabled: false,
  image: 'cat.png',
  note: 'a note',
  scale: 2,
}

describe('D-4 widgets_values', () => {
  it('skips what happens to the seed, and the button', () => {
    const compiled = settings(FULL)
    expect(inputsOf(compiled, '1')).toEqual(HELD)
    expect(compiled.problems).toEqual([])
    expect(compiled.graph.nodes.get('1')?.inputs.get('steps')?.path).toBe('/nodes/0/widgets_values/2')
  })

  it('skips the boolean of old files, and does without the extra entries', () => {
    expect(inputsOf(settings(FULL.with(1, true)), '1')).toEqual(HELD)
    expect(inputsOf(settings(FULL.toSpliced(8, 1).toSpliced(1, 1)), '1')).toEqual(HELD)
  })

  it('goes by name in an object', () => {
    expect(inputsOf(settings(HELD), '1')).toEqual(HELD)
    expect(settings(HELD).graph.nodes.get('1')?.inputs.get('cfg')?.path).toBe('/nodes/0/widgets_values/cfg')
  })

  it.each([[[7]], [{ seed: 7 }], [[7, 'fixed', null]]])('fills in defaults: %j', (values) => {
    expect(inputsOf(settings(values), '1')).toEqual({
      seed: 7,
      steps: 20,
      cfg: 8,
      text: 'a cat',
      mode: 'euler',
      enabled: true,
      scale: 1.5,
    })
  })

  it('does without values altogether', () => {
    expect(inputsOf(settings(undefined), '1')).toEqual(inputsOf(settings([0]), '1'))
    expect(inputsOf(settings(null), '1')['seed']).toBe(0)
  })

  it('warns of entries left over', () => {
    expect(settings([...FULL, 'x', 'y']).problems).toMatchObject([
      { code: 'BAD_WIDGET_VALUES', severity: 'warning', nodeId: '1', path: '/nodes/0/widgets_values' },
    ])
  })

  it('D-9 lets named values win', () => {
    const compiled = compile({
      nodes: [{ id: 1, type: 'Settings', widgets_values: FULL }],
      extra: { dicache: { values: { 1: { steps: 99, hint: 5 }, 2: 'no object' } } },
    })
    expect(inputsOf(compiled, '1')).toEqual({ ...HELD, steps: 99, hint: 5 })
  })
})

const number = (id: number, value: number, links: readonly number[]): object => ({
  id,
  type: 'Number',
  outputs: [{ name: 'value', type: 'INT', links }],
  widgets_values: [value],
})
const show = (id: number, link: number | null): object => ({
  id,
  type: 'Show',
  inputs: [{ name: 'value', type: '*', link }],
})

describe('D-23 links', () => {
  it('win over widgets; where the source does not run, the input is left out', () => {
    const document = (mode: number): object => ({
      nodes: [
        { ...number(1, 3, [5]), mode },
        {
          id: 2,
          type: 'Number',
          inputs: [{ name: 'value', type: 'INT', link: 5, widget: { name: 'value' } }],
          widgets_values: [8],
        },
      ],
      links: [[5, 1, 0, 2, 0, 'INT']],
    })
    expect(inputsOf(compile(document(0)), '2')).toEqual({ value: '1:0' })
    expect(inputsOf(compile(document(2)), '2')).toEqual({})
    // A bypassed source without an input to fall back to leaves the setting its own value.
    expect(inputsOf(compile(document(4)), '2')).toEqual({ value: 8 })
  })

  it('D-3 tolerates what is missing', () => {
    const compiled = compile({
      nodes: [
        { id: 'x', type: 'Number' },
        { id: 2, type: 'Add' },
        { id: 3, type: 'Show', inputs: [{ name: 'value', link: 77 }] },
        { id: 4, type: 'Note', widgets_values: ['hello'] },
        { id: 5, type: 'MarkdownNote' },
        { id: 6, type: 'Mystery', inputs: [{ name: 'in', link: 1 }], widgets_values: [1] },
      ],
      links: [
        null,
        [1, 'x', 0, 2, 1, 'INT'],
        { id: 2, origin_id: 'x', origin_slot: 0, target_id: 2, target_slot: 0 },
        [9, 9],
        7,
      ],
    })
    expect([...compiled.graph.nodes.keys()]).toEqual(['x', '2', '3', '6'])
    expect(inputsOf(compiled, '2')).toEqual({ a: 'x:0', b: 'x:0' })
    expect(inputsOf(compiled, '3')).toEqual({})
    expect(inputsOf(compiled, '6')).toEqual({ in: 'x:0' })
    expect(compiled.problems.map(({ code, path, severity }) => [code, path, severity])).toEqual([
      ['MALFORMED_LINK', '/links/3', 'warning'],
      ['MALFORMED_LINK', '/links/4', 'warning'],
    ])
  })

  it('D-3 takes the first of two nodes with one id', () => {
    const compiled = compile({ nodes: [number(1, 3, []), number(1, 4, [])] })
    expect(inputsOf(compiled, '1')).toEqual({ value: 3 })
    expect(compiled.problems).toMatchObject([
      { code: 'DUPLICATE_NODE_ID', path: '/nodes/1', nodeId: '1', severity: 'error' },
    ])
  })

  it('D-3 keeps the node where a note has its id, before or behind it', () => {
    const note = { id: 1, type: 'MarkdownNote', widgets_values: ['text'] }
    for (const [nodes, path] of [
      [[note, number(1, 3, [])], '/nodes/0'],
      [[number(1, 3, []), note], '/nodes/1'],
    ] as const) {
      const compiled = compile({ nodes })
      expect(inputsOf(compiled, '1')).toEqual({ value: 3 })
      expect(compiled.problems).toMatchObject([{ code: 'DUPLICATE_NODE_ID', path, severity: 'warning' }])
    }
  })
})

describe('D-6 … D-8 nodes that only the editor has', () => {
  const reroute = (id: number, link: number | null, mode = 0): object => ({
    id,
    type: 'Reroute',
    mode,
    inputs: [{ name: '', type: '*', link }],
    outputs: [{ name: '', type: '*', links: [] }],
  })

  it('D-6 follows reroutes', () => {
    const compiled = compile({
      nodes: [number(1, 3, [1]), reroute(2, 1), reroute(3, 2), show(4, 3)],
      links: [
        [1, 1, 0, 2, 0, '*'],
        [2, 2, 0, 3, 0, '*'],
        [3, 3, 0, 4, 0, '*'],
      ],
    })
    expect(inputsOf(compiled, '4')).toEqual({ value: '1:0' })
    expect([...compiled.graph.nodes.keys()]).toEqual(['1', '4'])
  })

  it('D-6, D-8 reroutes and primitives work in every mode', () => {
    for (const mode of [0, 2, 4]) {
      const compiled = compile({
        nodes: [
          { id: 1, type: 'PrimitiveNode', mode, widgets_values: [5, 'fixed'] },
          reroute(2, 1, mode),
          { id: 3, type: 'Number', inputs: [{ name: 'value', type: 'INT', link: 2 }] },
        ],
        links: [
          [1, 1, 0, 2, 0, 'INT'],
          [2, 2, 0, 3, 0, 'INT'],
        ],
      })
      expect(inputsOf(compiled, '3')).toEqual({ value: 5 })
    }
  })

  it('D-7 takes a comma-separated set of types, and the very type before it', () => {
    const compiled = (types: readonly string[], out: string): unknown =>
      inputsOf(
        compile({
          nodes: [
            number(1, 1, [1]),
            number(2, 2, [2]),
            {
              id: 3,
              type: 'Through',
              mode: 4,
              inputs: types.map((type, index) => ({ name: `i${index}`, type, link: index + 1 })),
              outputs: [
                { name: 'x', type: 'NONE' },
                { name: 'y', type: 'NONE' },
                { name: 'z', type: out, links: [3] },
              ],
            },
            show(4, 3),
          ],
          links: [
            [1, 1, 0, 3, 0, 'INT'],
            [2, 2, 0, 3, 1, 'INT'],
            [3, 3, 2, 4, 0, '*'],
          ],
        }),
        '4',
      )
    expect(compiled(['INT,FLOAT', 'INT'], 'INT')).toEqual({ value: '2:0' })
    expect(compiled(['MODEL', 'INT,FLOAT'], 'FLOAT')).toEqual({ value: '2:0' })
    expect(compiled(['*', 'MODEL'], 'INT')).toEqual({ value: '1:0' })
    expect(compiled(['MODEL', 'VAE'], 'INT')).toEqual({})
  })

  it('D-8 reports reroutes in a circle', () => {
    const compiled = compile({
      nodes: [reroute(2, 2), reroute(3, 1), show(4, 3)],
      links: [
        [1, 2, 0, 3, 0, '*'],
        [2, 3, 0, 2, 0, '*'],
        [3, 3, 0, 4, 0, '*'],
      ],
    })
    expect(compiled.problems).toMatchObject([{ code: 'CYCLE', nodeId: '4', input: 'value' }])
  })

  it('D-8 makes constants of primitives, through reroutes too', () => {
    const compiled = compile({
      nodes: [
        {
          id: 1,
          type: 'PrimitiveNode',
          widgets_values: [512, 'fixed'],
          outputs: [{ type: 'INT', links: [1] }],
        },
        reroute(2, 1),
        {
          id: 3,
          type: 'Number',
          inputs: [{ name: 'value', type: 'INT', link: 2, widget: { name: 'value' } }],
          widgets_values: [8],
        },
        { id: 4, type: 'PrimitiveNode', outputs: [{ type: 'INT', links: [3] }] },
        { id: 5, type: 'Number', inputs: [{ name: 'value', type: 'INT', link: 3 }], widgets_values: [9] },
      ],
      links: [
        [1, 1, 0, 2, 0, 'INT'],
        [2, 2, 0, 3, 0, 'INT'],
        [3, 4, 0, 5, 0, 'INT'],
      ],
    })
    expect(inputsOf(compiled, '3')).toEqual({ value: 512 })
    expect(inputsOf(compiled, '5')).toEqual({ value: 9 })
  })

  const bypass = (inputs: readonly object[], slot: number): Compiled =>
    compile({
      nodes: [
        number(1, 1, [1]),
        number(2, 2, [2]),
        {
          id: 3,
          type: 'Through',
          mode: 4,
          inputs,
          outputs: [
            { name: 'model', type: 'MODEL', links: [] },
            { name: 'number', type: 'INT', links: [3] },
          ],
        },
        show(4, 3),
      ],
      links: [
        [1, 1, 0, 3, 0, 'INT'],
        [2, 2, 0, 3, 1, 'INT'],
        [3, 3, slot, 4, 0, '*'],
      ],
    })

  it('D-7 goes through bypassed nodes by number, then by type', () => {
    const [first, second] = [
      { name: 'a', type: 'INT', link: 1 },
      { name: 'b', type: 'INT', link: 2 },
    ]
    expect(inputsOf(bypass([first, second], 1), '4')).toEqual({ value: '2:0' })
    expect(inputsOf(bypass([first, { ...second, type: 'MODEL' }], 1), '4')).toEqual({ value: '1:0' })
    expect(inputsOf(bypass([first, second], 0), '4')).toEqual({})
    expect(inputsOf(bypass([], 1), '4')).toEqual({})
    expect([...bypass([], 1).graph.nodes.keys()]).toEqual(['1', '2', '4'])
  })

  it('D-7 goes through one bypassed node after another', () => {
    const middle = (id: number, link: number): object => ({
      id,
      type: 'Through',
      mode: 4,
      inputs: [{ name: 'n', type: 'INT', link }],
      outputs: [{ type: 'INT', links: [] }],
    })
    const compiled = compile({
      nodes: [number(1, 1, [1]), middle(2, 1), middle(3, 2), show(4, 3)],
      links: [
        [1, 1, 0, 2, 0, 'INT'],
        [2, 2, 0, 3, 0, 'INT'],
        [3, 3, 0, 4, 0, 'INT'],
      ],
    })
    expect(inputsOf(compiled, '4')).toEqual({ value: '1:0' })
  })
})
