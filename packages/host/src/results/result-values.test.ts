import { JsonFloat } from '@dicache/protocol'
import { Blocker } from '@dicache/sdk'
import { describe, expect, it } from 'vitest'
import { readValue, type WrittenValue, writeValue } from './result-values.ts'

/** Writes, passes through JSON and bytes, and reads. */
function again(value: unknown): unknown {
  const buffers: Uint8Array[] = []
  const written = writeValue(value, buffers)
  if (written === undefined) throw new Error('not written')
  const text = JSON.stringify(written)
  return readValue(
    JSON.parse(text) as WrittenValue,
    buffers.map((bytes) => new Uint8Array(bytes).buffer),
  )
}

describe('C-10 values keep their kind', () => {
  it.each<[string, unknown]>([
    ['scalars', [null, true, false, 0, -1.5, 'text', '', '\ud800 é']],
    ['numbers that JSON has not', [Number.NaN, Infinity, -Infinity, -0]],
    ['64 bits', 18446744073709551615n],
    ['numbers with a form', new JsonFloat('5.0')],
    ['nothing', [undefined, { a: undefined }]],
    ['names that look like tags', { object: 1, buffer: 0, kind: 'x', undefined: true, number: '1' }],
    ['names of prototypes', JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
    ['a blocker', [new Blocker('too much'), new Blocker()]],
    ['an image', { dtype: 'float32', shape: [1, 1, 2, 3], data: Float32Array.of(0, 0.5, 1, -0, NaN, 2) }],
    ['a latent', { samples: { dtype: 'float32', shape: [0], data: new Float32Array(0) }, batchIndex: [3] }],
    [
      'every typed array',
      [Uint8Array.of(1), Int32Array.of(-1), BigInt64Array.of(-5n), Float64Array.of(1e300)],
    ],
  ])('%s', (_, value) => {
    expect(again(value)).toEqual(value)
  })

  it('a buffer that two values share is written once, and shared again', () => {
    const data = new Float32Array(1000)
    const buffers: Uint8Array[] = []
    writeValue([{ data }, { data }, data.subarray(10)], buffers)
    expect(buffers.map(({ byteLength }) => byteLength)).toEqual([4000, 3960])
    expect(again(data.subarray(990))).toEqual(new Float32Array(10))
  })
})

describe('C-10 what has no form is refused whole', () => {
  const loop: unknown[] = []
  loop.push(loop)
  it.each<[string, unknown]>([
    ['a function', { run: () => 1 }],
    ['an object of a class', [new Map()]],
    ['bytes with methods', Buffer.from('a')],
    ['a symbol', Symbol('s')],
    ['a value that leads to itself', loop],
    ['memory that threads share', { at: new SharedArrayBuffer(4) }],
  ])('%s', (_, value) => {
    expect(writeValue([1, value], [])).toBeUndefined()
  })
})
