import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { encodeModel } from './encode-model.ts'
import {
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from './generated/onnx_pb.js'
import { createGraph, type GraphBuilder, OPSET } from './graph-builder.ts'
import { add, unary } from './ops/elementwise.ts'
import { GraphError } from './value.ts'

function decode(g: GraphBuilder): ModelProto {
  return fromBinary(ModelProtoSchema, encodeModel(g.model()))
}

function initializersOf(g: GraphBuilder): readonly TensorProto[] {
  return decode(g).graph?.initializer ?? []
}

function weight(g: GraphBuilder, name: string, byteOffset: number): ReturnType<GraphBuilder['external']> {
  return g.external(name, 'bfloat16', [2, 3], { file: 'model.safetensors', byteOffset, byteLength: 12 })
}

describe('the model', () => {
  it('imports the opset and ONNX Runtime’s own domain, under the graph’s name', () => {
    const model = decode(createGraph('test'))
    expect(model.irVersion).toBe(10n)
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', BigInt(OPSET)],
      ['com.microsoft', 1n],
    ])
    expect(model.graph?.name).toBe('test')
  })

  it('imports an older opset where it is asked to, and says so', () => {
    const g = createGraph('test', { opset: 21 })
    expect(decode(g).opsetImport[0]?.version).toBe(21n)
    expect([g.summary().opset, createGraph('test').summary().opset]).toEqual([21, OPSET])
  })

  it('gives inputs and outputs their names, types and extents, known or named', () => {
    const g = createGraph('test')
    g.output('y', unary(g, 'Abs', g.input('x', 'float16', ['B', 3])))
    const { graph } = decode(g)
    const described = [...(graph?.input ?? []), ...(graph?.output ?? [])].map(({ name, type }) => {
      const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined
      return [name, tensor?.elemType, tensor?.shape?.dim.map(({ value }) => value.value)]
    })
    expect(described).toEqual([
      ['x', TensorProto_DataType.FLOAT16, ['B', 3n]],
      ['y', TensorProto_DataType.FLOAT16, ['B', 3n]],
    ])
  })

  it('writes nodes in order, with their attributes and the places of inputs that are left out', () => {
    const g = createGraph('test')
    const x = g.input('x', 'float32', [2])
    g.node({
      op: 'Thing',
      domain: 'com.microsoft',
      inputs: [x, undefined, x],
      attributes: { count: 2, factor: { float: 2 }, mode: 'linear', axes: [1, 2] },
      outputs: [{ type: 'float32', shape: [2] }],
    })
    const [node] = decode(g).graph?.node ?? []
    expect(node).toMatchObject({ opType: 'Thing', domain: 'com.microsoft', input: ['x', '', 'x'] })
    const attributes = node?.attribute.map(({ name, i, f, s, ints }) => [
      name,
      i,
      f,
      new TextDecoder().decode(s),
      ints,
    ])
    expect(attributes).toEqual([
      ['count', 2n, 0, '', []],
      ['factor', 0n, 2, '', []],
      ['mode', 0n, 0, 'linear', []],
      ['axes', 0n, 0, '', [1n, 2n]],
    ])
  })

  it('is the same bytes each time', async () => {
    const g = createGraph('test')
    g.output('y', add(g, g.input('x', 'float32', [2]), g.constant('float32', [2], [1, 2])))
    expect(await g.build()).toEqual(await g.build())
  })
})

describe('names', () => {
  it('of inputs are taken once', () => {
    const g = createGraph('test')
    g.input('x', 'float32', [1])
    expect(() => g.input('x', 'float32', [1])).toThrow(GraphError)
  })

  it('of outputs are exactly what was asked for', () => {
    const g = createGraph('test')
    const x = g.input('x', 'float32', [1])
    expect(() => g.output('x', x)).toThrow(/the name x is taken/)
  })

  it('of values are never shared by two', () => {
    const g = createGraph('test')
    const a = weight(g, 'w', 0)
    const b = weight(g, 'w', 12)
    expect(a.name).toBe('w')
    expect(b.name).not.toBe('w')
    const names = initializersOf(g).map(({ name }) => name)
    expect(new Set(names).size).toBe(2)
  })
})

describe('a constant', () => {
  it('is written little-endian in its type', () => {
    const g = createGraph('test')
    g.constant('float32', [2], [1.5, -2])
    g.constant('int64', [2], [3, -1])
    g.constant('bool', [2], [1, 0])
    g.constant('float16', [4], [1, -2, 65504, 2 ** -24])
    const raw = initializersOf(g).map(({ dataType, dims, rawData }) => [dataType, dims, [...rawData]])
    expect(raw).toEqual([
      [TensorProto_DataType.FLOAT, [2n], [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]],
      [TensorProto_DataType.INT64, [2n], [3, 0, 0, 0, 0, 0, 0, 0, ...Array.from({ length: 8 }, () => 255)]],
      [TensorProto_DataType.BOOL, [2n], [1, 0]],
      [TensorProto_DataType.FLOAT16, [4n], [0, 0x3c, 0, 0xc0, 0xff, 0x7b, 1, 0]],
    ])
  })

  it('is one initializer for equal numbers of one type and shape, and its own otherwise', () => {
    const g = createGraph('test')
    const first = g.constant('int64', [2], [1, 2])
    expect(g.constant('int64', [2], [1, 2])).toBe(first)
    expect(g.constant('int64', [2], Float32Array.of(1, 2))).toBe(first)
    g.constant('int64', [2], [2, 1])
    g.constant('int64', [1, 2], [1, 2])
    g.constant('float32', [2], [1, 2])
    expect(initializersOf(g)).toHaveLength(4)
  })

  it('must fill its shape', () => {
    expect(() => createGraph('test').constant('float32', [3], [1, 2])).toThrow(/needs 12 bytes, not 8/)
  })
})

describe('an external weight', () => {
  it('is a file, an offset and a length, and no bytes', () => {
    const g = createGraph('test')
    weight(g, 'w', 4096)
    const [tensor] = initializersOf(g)
    expect(tensor).toMatchObject({
      name: 'w',
      dataType: TensorProto_DataType.BFLOAT16,
      dims: [2n, 3n],
      dataLocation: TensorProto_DataLocation.EXTERNAL,
    })
    expect(tensor?.rawData).toHaveLength(0)
    expect(tensor?.externalData.map(({ key, value }) => [key, value])).toEqual([
      ['location', 'model.safetensors'],
      ['offset', '4096'],
      ['length', '12'],
    ])
    expect(g.summary().weightBytes).toBe(12)
  })

  it('is one initializer for the same bytes, counted once', () => {
    const g = createGraph('test')
    expect(weight(g, 'other name', 0)).toBe(weight(g, 'again', 0))
    weight(g, 'next', 12)
    expect(initializersOf(g)).toHaveLength(2)
    expect(g.summary().weightBytes).toBe(24)
  })

  it('must be as long as its type and shape', () => {
    const bytes = { file: 'f', byteOffset: 0, byteLength: 12 }
    expect(() => createGraph('test').external('w', 'float32', [2, 3], bytes)).toThrow(
      /needs 24 bytes, not 12/,
    )
  })

  it('is listed as an input only when it is to be streamed', () => {
    for (const [weights, listed] of [
      ['resident', ['x']],
      ['streamed', ['x', 'w']],
    ] as const) {
      const g = createGraph('test', { weights })
      const x = g.input('x', 'bfloat16', [2, 3])
      g.output('y', add(g, x, weight(g, 'w', 0)))
      g.inline('small', 'float32', [1], new Uint8Array(4))
      g.constant('float32', [1], [7])
      expect(decode(g).graph?.input.map(({ name }) => name)).toEqual(listed)
      expect(g.inputs.map(({ name }) => name)).toEqual(['x'])
    }
  })
})

describe('an inline weight', () => {
  it('is written as it is', () => {
    const g = createGraph('test')
    g.inline('w', 'float8e4m3fn', [3], Uint8Array.of(1, 2, 3))
    expect(initializersOf(g)[0]).toMatchObject({
      name: 'w',
      dataType: TensorProto_DataType.FLOAT8E4M3FN,
      rawData: Uint8Array.of(1, 2, 3),
    })
    expect(g.summary().weightBytes).toBe(3)
  })

  it('must be as long as its type and shape', () => {
    expect(() => createGraph('test').inline('w', 'float16', [2], new Uint8Array(3))).toThrow(GraphError)
  })
})

it('makes a shared value once', () => {
  const g = createGraph('test')
  const x = g.input('x', 'float32', [1])
  let made = 0
  const make = (): typeof x => {
    made += 1
    return unary(g, 'Abs', x)
  }
  expect(g.share('abs', make)).toBe(g.share('abs', make))
  expect([made, g.summary().nodes.length]).toEqual([1, 1])
})

it('sums up its nodes with domains and types', () => {
  const g = createGraph('test')
  const x = g.input('x', 'float32', [1])
  g.node({
    op: 'Thing',
    domain: 'com.microsoft',
    inputs: [x, undefined],
    outputs: [{ type: 'bool', shape: [] }],
  })
  g.output('y', x)
  expect(g.summary()).toMatchObject({
    nodes: [
      { op: 'Thing', domain: 'com.microsoft', inputs: ['float32'], outputs: ['bool'] },
      { op: 'Identity', domain: '', inputs: ['float32'], outputs: ['float32'] },
    ],
    inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }],
  })
})
