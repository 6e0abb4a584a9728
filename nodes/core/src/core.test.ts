import { Blocker, type NodeDefinition } from '@dicache/sdk'
import { nodeContract, type NodeSample, runNode } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { pack } from './pack.ts'

const node = (type: string): NodeDefinition => {
  const found = pack.nodes.find(({ manifest }) => manifest.type === type)
  if (found === undefined) throw new Error(`there is no node ${type}`)
  return found
}

async function run(
  type: string,
  params: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { outputs } = await runNode(node(type), { params, inputs })
  return outputs as Readonly<Record<string, unknown>>
}

it.each<[string, NodeSample]>([
  ['PrimitiveInt', {}],
  ['PrimitiveFloat', {}],
  ['PrimitiveString', {}],
  ['PrimitiveStringMultiline', {}],
  ['PrimitiveBoolean', {}],
  ['PreviewAny', { inputs: { source: 1 } }],
  ['FloatToInt', {}],
  ['IntToFloat', {}],
  ['StringToNumber', {}],
  ['AnyToString', { inputs: { value: 1 } }],
  ['MathInt', {}],
  ['MathFloat', {}],
  ['CompareValues', { inputs: { a: 1, b: 2 } }],
  ['Logic', {}],
  ['ComfySwitchNode', { inputs: { on_false: 1 } }],
  ['IndexSwitch', { inputs: { value0: 1 } }],
  ['Gate', { inputs: { value: 1 } }],
  ['MakeList', { inputs: Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`value${n + 1}`, []])) }],
  ['RangeList', {}],
  ['ListIndex', { inputs: { list: [1] }, params: { index: [0] } }],
  ['ListLength', { inputs: { list: [1] } }],
  ['ListSlice', { inputs: { list: [1] }, params: { start: [0], end: [1] } }],
  ['ListPack', { inputs: { list: [1] } }],
  ['ListSpread', { inputs: { packed: [1] } }],
  ['ForLoopOpen', {}],
  ['ForLoopClose', {}],
  ['WhileLoopOpen', {}],
  ['WhileLoopClose', {}],
  ['LoopStep', { inputs: { plan: { counted: true, body: { nodes: [], ends: [], outer: [] } } } }],
])('%s keeps the contract', (type, sample) => nodeContract(node(type), sample))

it('describes every input and setting of every node', () => {
  const silent = pack.manifest.nodes.flatMap(({ type, inputs, params }) =>
    [...inputs, ...params].filter(({ description }) => !description).map(({ name }) => `${type}.${name}`),
  )
  expect(silent).toEqual([])
})

describe('numbers', () => {
  // Python's //, % and int().
  it.each([
    ['MathInt', 'add', 2, 3, 5],
    ['MathInt', 'divide', -7, 2, -3],
    ['MathInt', 'floor divide', -7, 2, -4],
    ['MathInt', 'modulo', -7, 2, 1],
    ['MathInt', 'modulo', 7, -2, -1],
    ['MathInt', 'power', 2, 10, 1024],
    ['MathFloat', 'divide', 1, 4, 0.25],
    ['MathFloat', 'subtract', 1, 4, -3],
    ['MathFloat', 'multiply', 0.5, 3, 1.5],
    ['MathFloat', 'min', 1, 4, 1],
    ['MathFloat', 'max', 1, 4, 4],
  ])('%s: %s of %d and %d is %d', async (type, operation, a, b, wanted) => {
    expect(Object.values(await run(type, { operation, a, b }))).toEqual([wanted])
  })

  it.each([
    ['MathInt', { operation: 'divide', a: 1, b: 0 }],
    ['MathFloat', { operation: 'modulo', a: 1, b: 0 }],
    ['MathFloat', { operation: 'power', a: -1, b: 0.5 }],
    ['MathInt', { operation: 'power', a: 10, b: 16 }],
    ['PrimitiveInt', { value: 2 ** 53 }],
    ['FloatToInt', { value: 1e300 }],
    ['StringToNumber', { string: '1,5' }],
    ['StringToNumber', { string: '' }],
    ['StringToNumber', { string: '0x10' }],
    ['RangeList', { step: 0 }],
    ['RangeList', { stop: 1e9 }],
    ['ListSpread', {}],
  ])('%s %j is an error that says so', async (type, params) => {
    await expect(run(type, params)).rejects.toMatchObject({ name: 'HostError', message: /.{20}/ })
  })

  it.each([
    ['nearest', 2.5, 2],
    ['nearest', -1.5, -2],
    ['down', -1.5, -2],
    ['up', 1.2, 2],
    ['toward zero', -1.9, -1],
  ])('%s of %d is %d', async (mode, value, wanted) => {
    expect(await run('FloatToInt', { mode, value })).toEqual({ int: wanted })
  })

  it('compares numbers of both kinds, texts and booleans, and nothing else', async () => {
    const compare = async (a: unknown, comparison: string, b: unknown): Promise<unknown> =>
      (await run('CompareValues', { comparison }, { a, b }))['boolean']
    expect(await compare(3n, 'equal', 3)).toBe(true)
    expect(await compare('b', 'greater', 'a')).toBe(true)
    expect(await compare(true, 'not equal', false)).toBe(true)
    expect(await compare('1', 'equal', 1)).toBe(false)
    expect(await compare(1, 'less or equal', 1)).toBe(true)
    expect(await compare(1, 'less', 1)).toBe(false)
    await expect(compare('1', 'less', 1)).rejects.toMatchObject({ code: 'WRONG_VALUE_TYPE' })
    await expect(compare({}, 'equal', {})).rejects.toMatchObject({ code: 'WRONG_VALUE_TYPE' })
  })

  it.each([
    ['and', false],
    ['or', true],
    ['xor', true],
    ['not a', false],
  ])('true %s false is %s', async (operation, wanted) => {
    expect(await run('Logic', { a: true, b: false, operation })).toEqual({ boolean: wanted })
  })
})

describe('showing', () => {
  const ring: Record<string, unknown> = { a: 1 }
  ring['self'] = ring
  it.each([
    ['text', 'text'],
    [true, 'True'],
    [2n ** 64n - 1n, '18446744073709551615'],
    [null, 'None'],
    [{ samples: { dtype: 'float32', shape: [1, 2], data: new Float32Array(2) } }, '"float32 [1, 2]"'],
    [ring, '"self": "…"'],
  ])('%#', async (source, words) => {
    const { ui } = (await run('PreviewAny', {}, { source })) as {
      readonly ui: { readonly text: readonly string[] }
    }
    expect(ui.text[0]).toContain(words)
  })

  it('cuts off what is long', async () => {
    expect(String((await run('AnyToString', {}, { value: 'x'.repeat(20_000) }))['string'])).toHaveLength(
      10_001,
    )
  })
})

describe('choosing', () => {
  it('asks for one branch only, and only for what is linked', async () => {
    const ask = async (type: string, params: object, linked: readonly string[]): Promise<unknown> =>
      node(type).checkLazy?.({ inputs: {}, params: { ...params }, isLinked: (name) => linked.includes(name) })
    const both = ['on_true', 'on_false']
    expect(await ask('ComfySwitchNode', { switch: true }, both)).toEqual(['on_true'])
    expect(await ask('ComfySwitchNode', { switch: false }, both)).toEqual(['on_false'])
    expect(await ask('ComfySwitchNode', { switch: true }, [])).toEqual([])
    expect(await ask('IndexSwitch', { index: 2 }, ['value2'])).toEqual(['value2'])
    expect(await ask('IndexSwitch', { index: 3 }, ['value2'])).toEqual([])
    await expect(run('IndexSwitch', { index: 3 }, { value2: 1 })).rejects.toThrow(
      'nothing is connected to value3',
    )
  })

  it('blocks at a closed gate, with a message or in silence', async () => {
    expect(await run('Gate', { open: true }, { value: 5 })).toEqual({ value: 5 })
    expect(await run('Gate', { open: false }, { value: 5 })).toEqual({ value: new Blocker(undefined) })
    expect(await run('Gate', { open: false, message: 'no' }, { value: 5 })).toEqual({
      value: new Blocker('no'),
    })
  })
})

describe('lists', () => {
  it.each([
    ['RangeList', { start: 5, stop: 0, step: -2 }, {}, [5, 3, 1]],
    ['RangeList', { start: 5, stop: 0 }, {}, []],
    ['ListIndex', { index: [-1] }, { list: [1, 2, 3] }, 3],
    ['ListLength', {}, { list: [1, 2, 3] }, 3],
    ['ListSlice', { start: [1], end: [-1] }, { list: [1, 2, 3, 4] }, [2, 3]],
    ['ListPack', {}, { list: [1, 2] }, [1, 2]],
    ['ListSpread', {}, { packed: [1, 2] }, [1, 2]],
  ])('%s %j', async (type, params, inputs, wanted) => {
    expect(Object.values(await run(type, params, inputs))).toEqual([wanted])
  })

  it('names an index beyond the list', async () => {
    for (const index of [3, -4])
      await expect(run('ListIndex', { index: [index] }, { list: [1, 2, 3] })).rejects.toThrow(
        `no item ${index}`,
      )
  })
})
