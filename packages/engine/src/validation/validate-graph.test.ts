import { testHost } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { createEngine, createRegistry, validateGraph } from '../index.ts'
import type { Validation } from '../index.ts'
import { apiGraph } from '../testing/api-graph.ts'
import type { ShortNodes } from '../testing/api-graph.ts'
import { createDemoPack } from '../testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])
const check = (nodes: ShortNodes, targets?: readonly string[]): Validation =>
  validateGraph(apiGraph(nodes, registry), registry, {
    ...(targets && { targets }),
    choices: new Map([['input', ['a.png', 'b.png']]]),
  })
const found = ({ problems }: Validation): readonly (readonly unknown[])[] =>
  problems.map(({ code, nodeId, input }) => [code, nodeId, input])

const SETTINGS = { seed: 1, steps: 20, cfg: 8, text: 'a', mode: 'euler', enabled: true, image: 'a.png' }
const shown = (inputs: Readonly<Record<string, unknown>>): ShortNodes => ({
  1: ['Settings', inputs],
  2: ['Show', { value: ['1', 0] }],
})

it('V-1 tells every problem at once, with places and advice', () => {
  const validation = check(
    shown({ ...SETTINGS, seed: -1, steps: 0, cfg: 'x', text: ['1'], mode: 'eular', image: ['9', 0] }),
  )
  expect(found(validation)).toEqual([
    ['WRONG_VALUE_TYPE', '1', 'cfg'],
    ['BAD_LINK', '1', 'text'],
    ['MISSING_LINK', '1', 'image'],
    ['VALUE_OUT_OF_RANGE', '1', 'seed'],
    ['VALUE_OUT_OF_RANGE', '1', 'steps'],
    ['VALUE_NOT_IN_LIST', '1', 'mode'],
  ])
  for (const { path, message, severity } of validation.problems) {
    expect(path).toMatch(/^\/1\/inputs\//)
    expect(message).toMatch(/"All Settings" \(node 1\).*\.$/)
    expect(severity).toBe('error')
  }
  expect(validation.runnable).toEqual([])
})

it('V-1 leaves alone what no target depends on, but warns of unknown types', () => {
  const validation = check({
    1: ['Number', { value: 1 }],
    2: ['Show', { value: ['1', 0] }],
    3: ['Add'],
    4: ['Mystery'],
  })
  expect(validation.problems).toMatchObject([{ code: 'UNKNOWN_NODE_TYPE', nodeId: '4', severity: 'warning' }])
  expect(validation.runnable).toEqual(['2'])
})

it('V-2 suggests similar types', () => {
  const { problems } = check({ 1: ['numbr', { value: 1 }], 2: ['Show', { value: ['1', 0] }] })
  expect(problems).toMatchObject([
    { code: 'UNKNOWN_NODE_TYPE', severity: 'error', details: { type: 'numbr' } },
  ])
  expect(problems[0]?.message).toContain('Did you mean "Number"?')
})

it('V-3 asks for required inputs and fills in optional settings', () => {
  const { seed, ...rest } = SETTINGS
  const validation = check({
    ...shown({ ...rest, text: null }),
    3: ['Add'],
    4: ['Show', { value: ['3', 0] }],
  })
  expect(found(validation)).toEqual([
    ['REQUIRED_INPUT_MISSING', '1', 'seed'],
    ['REQUIRED_INPUT_MISSING', '1', 'text'],
    ['REQUIRED_INPUT_MISSING', '3', 'a'],
  ])
  const held = check(shown({ ...SETTINGS, seed, scale: null })).graph.nodes.get('1')?.inputs
  expect(held?.get('scale')).toMatchObject({ kind: 'value', value: 1.5 })
  expect(held?.has('note')).toBe(false)
})

it('V-4 refuses links to nowhere', () => {
  const validation = check({
    1: ['Number', { value: 1 }],
    2: ['Add', { a: ['7', 0], b: ['1', 1] }],
    3: ['Show', { value: ['2', -1] }],
    4: ['Show', { value: ['3', 0] }],
  })
  expect(found(validation)).toEqual([
    ['MISSING_LINK', '2', 'a'],
    ['MISSING_LINK', '2', 'b'],
    ['MISSING_LINK', '3', 'value'],
    ['MISSING_LINK', '4', 'value'],
  ])
  expect(validation.problems[3]?.message).toContain('has no outputs')
})

it('V-5 compares types', () => {
  const validation = check({
    1: ['Settings', { ...SETTINGS, text: ['2', 0] }],
    2: ['Number', { value: 1 }],
    3: ['Add', { a: ['1', 0], b: ['4', 0] }],
    4: ['Choose', { yes: ['2', 0], no: ['2', 0], condition: true }],
    5: ['Show', { value: ['3', 0] }],
  })
  expect(validation.problems.map(({ details }) => details)).toEqual([
    { from: '2', slot: 0, received: 'INT', expected: 'STRING' },
    { from: '1', slot: 0, received: 'STRING', expected: 'INT' },
  ])
})

describe('V-7, V-8 ranges and lists', () => {
  it('takes the bounds themselves', () => {
    for (const steps of [1, 100]) expect(check(shown({ ...SETTINGS, steps })).problems).toEqual([])
    for (const seed of [0, 18446744073709551615n])
      expect(check(shown({ ...SETTINGS, seed })).problems).toEqual([])
  })

  it.each([
    [{ steps: 101 }, 'max', 100, 'a value from 1 to 100'],
    [{ cfg: -0.5 }, 'min', 0, 'a value from 0 to 100'],
    [{ seed: 18446744073709551616n }, 'max', 18446744073709551615n, '0 to 18446744073709551615'],
    [{ steps: 1e300 }, 'max', 100, '100'],
  ])('%o', (values, bound, limit, words) => {
    const { problems } = check(shown({ ...SETTINGS, ...values }))
    expect(problems).toMatchObject([{ code: 'VALUE_OUT_OF_RANGE', details: { bound, limit } }])
    expect(problems[0]?.message).toContain(words)
  })

  it('knows the lists of the host, where it is told them', () => {
    const { problems } = check(shown({ ...SETTINGS, image: 'c.png' }))
    expect(problems).toMatchObject([{ code: 'VALUE_NOT_IN_LIST', input: 'image', details: { count: 2 } }])
    expect(problems[0]?.message).toMatch(/Did you mean "a.png" or "b.png"\?/)
    const graph = apiGraph(shown({ ...SETTINGS, image: 'c.png' }), registry)
    expect(validateGraph(graph, registry).problems).toEqual([])
    expect(
      validateGraph(graph, registry, { choices: new Map([['input', []]]) }).problems[0]?.message,
    ).toContain('"input"')
  })
})

it('V-8 puts fixed options before what the host lists', () => {
  const graph = (file: string) =>
    apiGraph({ 1: ['Model', { file }], 2: ['Show', { value: ['1', 0] }] }, registry)
  const check = (file: string, listed?: readonly string[]) =>
    validateGraph(graph(file), registry, { choices: new Map(listed && [['models/vae', listed]]) }).problems
  expect(check('auto', [])).toEqual([])
  expect(check('x.safetensors', ['x.safetensors'])).toEqual([])
  expect(check('x.safetensors')).toEqual([])
  expect(check('y', ['x'])).toMatchObject([
    { code: 'VALUE_NOT_IN_LIST', details: { options: ['auto', 'x'], count: 2 } },
  ])
})

it('V-9 shows cycles', () => {
  const validation = check({
    1: ['Add', { a: ['3', 0] }],
    2: ['Add', { a: ['1', 0] }],
    3: ['Add', { a: ['2', 0] }],
    4: ['Show', { value: ['3', 0] }],
    5: ['Add', { a: ['5', 0] }],
    6: ['Show', { value: ['5', 0] }],
    7: ['Number', { value: 1 }],
    8: ['Show', { value: ['7', 0] }],
  })
  expect(validation.problems).toMatchObject([
    { code: 'CYCLE', nodeId: '3', details: { nodes: ['3', '2', '1'] } },
    { code: 'CYCLE', nodeId: '5', details: { nodes: ['5'] } },
  ])
  expect(validation.problems[0]?.message).toContain(
    '"Add" (node 3) ← "Add" (node 2) ← "Add" (node 1) ← "Add" (node 3)',
  )
  expect(validation.runnable).toEqual(['8'])
})

it('V-10 wants something to run', () => {
  expect(found(check({}))).toEqual([['NO_OUTPUTS', undefined, undefined]])
  expect(found(check({ 1: ['Number', { value: 1 }] }))).toEqual([['NO_OUTPUTS', undefined, undefined]])
  const nodes: ShortNodes = { 1: ['Number', { value: 1 }], 2: ['Show', { value: ['1', 0] }], 3: ['Show'] }
  expect(found(check(nodes, []))).toEqual([['NO_OUTPUTS', undefined, undefined]])
  expect(found(check(nodes, ['2']))).toEqual([])
  expect(check(nodes, ['1', '1']).runnable).toEqual(['1'])
  const some = check(nodes, ['2', '77'])
  expect(some.problems).toMatchObject([{ code: 'UNKNOWN_TARGET', details: { target: '77' } }])
  expect(some.runnable).toEqual(['2'])
})

it('V-11 stops only what depends on an error', () => {
  const validation = check({
    1: ['Number', { value: 'x' }],
    2: ['Add', { a: ['1', 0] }],
    3: ['Show', { value: ['2', 0] }],
    4: ['Number', { value: 1 }],
    5: ['Show', { value: ['4', 0] }],
  })
  expect(validation.targets).toEqual(['3', '5'])
  expect(validation.runnable).toEqual(['5'])
})

it('V-12 asks the nodes themselves, with constants only', async () => {
  const engine = createEngine({
    registry,
    host: testHost({ inputs: { list: async () => ['a.png'], resolve: async () => '' } }),
  })
  const validate = (file: unknown, value: unknown = 1) =>
    engine.validate(
      apiGraph(
        { 1: ['Picky', { file }], 2: ['Show', { value: ['1', 0] }], 3: ['Number', { value }] },
        registry,
      ),
    )
  expect((await validate('a.png')).problems).toEqual([])
  expect((await validate('a.png [input]')).problems).toEqual([])
  const bad = await validate('z.png')
  expect(bad.problems).toMatchObject([
    {
      code: 'CUSTOM_VALIDATION_FAILED',
      nodeId: '1',
      input: 'file',
      path: '/1/inputs/file',
      details: { reason: 'there is no file "z.png"' },
    },
  ])
  expect(bad.runnable).toEqual([])
  expect(found(await validate(5))).toEqual([['VALUE_NOT_IN_LIST', '1', 'file']])
})

it('V-12 takes a validator that throws for one that refuses', async () => {
  const host = testHost({
    inputs: { list: () => Promise.reject(new Error('no folder')), resolve: async () => '' },
  })
  const graph = apiGraph({ 1: ['Picky', { file: 'a' }], 2: ['Show', { value: ['1', 0] }] }, registry)
  await expect(createEngine({ registry, host }).validate(graph)).rejects.toThrow('no folder')
  const silent = testHost({ inputs: { list: failAfter(1), resolve: async () => '' } })
  const { problems } = await createEngine({ registry, host: silent }).validate(graph)
  expect(problems).toMatchObject([{ code: 'CUSTOM_VALIDATION_FAILED', nodeId: '1' }])
})

function failAfter(calls: number): () => Promise<readonly string[]> {
  let count = 0
  return () => (++count > calls ? Promise.reject(new Error('gone')) : Promise.resolve([]))
}

it('V-13 keeps undeclared links, drops undeclared constants, and checks constants of sockets', () => {
  const validation = check({
    1: ['Number', { value: 1, extra: 5 }],
    2: ['Show', { value: 'plain', more: ['1', 0] }],
    3: ['Add', { a: '7' }],
    4: ['Show', { value: ['3', 0], more: ['9', 0] }],
    5: ['Through', { model: 'none' }],
    6: ['Show', { value: ['5', 0] }],
  })
  expect(found(validation)).toEqual([
    ['MISSING_LINK', '4', 'more'],
    ['WRONG_VALUE_TYPE', '5', 'model'],
  ])
  expect(validation.order).toContain('1')
  expect(validation.graph.nodes.get('1')?.inputs.has('extra')).toBe(false)
  expect(validation.graph.nodes.get('2')?.inputs.get('more')).toMatchObject({ kind: 'link', from: '1' })
  expect(validation.graph.nodes.get('3')?.inputs.get('a')).toMatchObject({ value: 7 })
})

it('V-12 leaves the types of links to a node that checks them itself', async () => {
  const engine = createEngine({ registry, host: testHost() })
  const nodes = (value: unknown, other: unknown): ShortNodes => ({
    1: ['Number', { value: 1 }],
    2: ['Words', { text: 'a' }],
    3: ['Typed', { value, other }],
    4: ['Show', { value: ['3', 0] }],
  })
  const validate = (value: unknown, other: unknown) =>
    engine.validate(apiGraph(nodes(value, other), registry))
  expect((await validate(['1', 0], ['1', 0])).problems).toEqual([])
  expect((await validate(['1', 0], ['2', 0])).problems).toMatchObject([
    { code: 'CUSTOM_VALIDATION_FAILED', input: 'other', details: { reason: 'it takes no STRING' } },
  ])
})

it('V-15 gives the facts of each problem, for views in other words', () => {
  const { problems } = check({
    1: ['Settings', { ...SETTINGS, seed: -1, cfg: 'x', text: ['1'], mode: 'eular', steps: 101 }],
    2: ['Show', { value: ['1', 0], more: ['9', 3], other: ['1', 5] }],
    3: ['Add', { a: ['1', 0], b: ['4', 0] }],
    4: ['Add', { a: ['3', 0] }],
    5: ['Show', { value: ['4', 0] }],
    6: ['Mystery'],
    7: ['Show', { value: ['6', 0] }],
  })
  expect(problems.map(({ code, details }) => [code, details])).toEqual([
    ['WRONG_VALUE_TYPE', { received: 'x', reason: expect.any(String) as string }],
    ['BAD_LINK', { received: ['1'] }],
    ['VALUE_OUT_OF_RANGE', { received: -1, bound: 'min', limit: 0 }],
    ['VALUE_OUT_OF_RANGE', { received: 101, bound: 'max', limit: 100 }],
    ['VALUE_NOT_IN_LIST', { received: 'eular', options: ['euler', 'heun', 'lms'], count: 3 }],
    ['MISSING_LINK', { from: '9', slot: 3, missing: 'node' }],
    ['MISSING_LINK', { from: '1', slot: 5, missing: 'output', outputs: 1 }],
    ['TYPE_MISMATCH', { from: '1', slot: 0, received: 'STRING', expected: 'INT' }],
    ['UNKNOWN_NODE_TYPE', { type: 'Mystery' }],
    ['CYCLE', { nodes: ['4', '3'] }],
  ])
})
