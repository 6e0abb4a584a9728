import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { add, cast, createGraph, type GraphBuilder, mul } from '@dicache/onnx'
import { floatTensor, type GraphSource, type NamedTensors, type Tensor, type TensorOf } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { openSession, type OpenedSession, type SessionSettings } from './open-session.ts'

const SETTINGS: SessionSettings = { device: 'cpu', threads: 1, optimization: 'all' }

function sourceOf(make: (g: GraphBuilder) => void, changes: Partial<GraphSource> = {}): GraphSource {
  const g = createGraph('test')
  make(g)
  return { key: 'test graph', weightBytes: 0, bytes: g.build, ...changes }
}

/** y = x + 1, z = 2x over float32 [N]. */
const plusOne = sourceOf((g) => {
  const x = g.input('x', 'float32', ['N'])
  g.output('y', add(g, x, g.constant('float32', [1], [1])))
  g.output('z', mul(g, x, g.constant('float32', [1], [2])))
})

const numbers = (...values: readonly number[]): TensorOf<'float32'> =>
  floatTensor([values.length], Float32Array.from(values))

async function withSession<T>(source: GraphSource, work: (session: OpenedSession) => Promise<T>): Promise<T> {
  const session = await openSession(source, SETTINGS)
  try {
    return await work(session)
  } finally {
    await session.dispose()
  }
}

describe('a run', () => {
  it('gives every output, or those asked for', async () => {
    await withSession(plusOne, async ({ run }) => {
      expect(await run({ x: numbers(1, 2) })).toEqual({ y: numbers(2, 3), z: numbers(2, 4) })
      expect(await run({ x: numbers(1) }, { outputs: ['z'] })).toEqual({ z: numbers(2) })
    })
  })

  it('writes into given tensors, which are the ones that come back', async () => {
    await withSession(plusOne, async ({ run }) => {
      const y = numbers(0, 0)
      const outputs = await run({ x: numbers(5, 6) }, { into: { y } })
      expect(outputs['y']).toBe(y)
      expect([...y.data]).toEqual([6, 7])
      expect(outputs['z']).toEqual(numbers(10, 12))
    })
  })

  it('waits for the one before, and they are answered in order', async () => {
    await withSession(plusOne, async ({ run }) => {
      const order: number[] = []
      const answers = await Promise.all(
        [1, 2, 3].map(async (value) => {
          const { y } = await run({ x: numbers(value) }, { outputs: ['y'] })
          order.push(value)
          return y?.data[0]
        }),
      )
      expect([answers, order]).toEqual([
        [2, 3, 4],
        [1, 2, 3],
      ])
    })
  })

  it('that fails has a code and leaves the session usable', async () => {
    await withSession(plusOne, async ({ run }) => {
      const wrong = run({ x: { dtype: 'int32', shape: [1], data: Int32Array.of(1) } })
      const right = run({ x: numbers(1) }, { outputs: ['y'] })
      await expect(wrong).rejects.toMatchObject({
        code: 'GRAPH_RUN_FAILED',
        message: expect.stringMatching(/^graph test graph failed on cpu: [^\n]+$/),
        cause: expect.anything(),
      })
      expect(await right).toEqual({ y: numbers(2) })
      await expect(run({})).rejects.toMatchObject({ code: 'GRAPH_RUN_FAILED' })
    })
  })

  it('refuses an output whose type does not cross to JavaScript', async () => {
    const doubles = sourceOf((g) => g.output('y', cast(g, g.input('x', 'float32', ['N']), 'float64')))
    await withSession(doubles, async ({ run }) => {
      await expect(run({ x: numbers(1) })).rejects.toMatchObject({
        code: 'GRAPH_RUN_FAILED',
        message: expect.stringContaining('output y has the type float64'),
      })
    })
  })

  it('after disposal is an error with a code, one before it gets its answer', async () => {
    const session = await openSession(plusOne, SETTINGS)
    const early = session.run({ x: numbers(1) }, { outputs: ['y'] })
    await early
    await session.dispose()
    await expect(session.run({ x: numbers(1) })).rejects.toMatchObject({ code: 'RUNTIME_DISPOSED' })
    expect(await early).toEqual({ y: numbers(2) })
  })
})

describe('a type', () => {
  const tensors: readonly Tensor[] = [
    numbers(1.5, -2),
    { dtype: 'int32', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
    { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
    { dtype: 'uint8', shape: [2], data: Uint8Array.of(0, 255) },
    { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
  ]

  async function there(tensor: Tensor): Promise<NamedTensors> {
    const identity = sourceOf((g) => g.output('y', g.input('x', tensor.dtype, [2])))
    return withSession(identity, ({ run }) => run({ x: tensor }))
  }

  it.each(tensors.map((tensor) => [tensor.dtype, tensor] as const))(
    '%s goes in and comes out',
    async (_, tensor) => {
      expect(await there(tensor)).toEqual({ y: tensor })
    },
  )

  // Where JavaScript has Float16Array (Node 24), onnxruntime-node 1.30 takes and gives no float16.
  it.fails('float16 goes in and comes out', async () => {
    const tensor: Tensor = { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }
    expect(await there(tensor)).toEqual({ y: tensor })
  })
})

describe('weights', () => {
  const weighted = (folder: string, byteOffset: number): GraphSource =>
    sourceOf(
      (g) => {
        const bytes = { file: 'weights.bin', byteOffset, byteLength: 8 }
        g.output('y', add(g, g.input('x', 'float32', [2]), g.external('w', 'float32', [2], bytes)))
      },
      { dataFolder: folder },
    )

  it('are mapped from the source’s folder, at their offset', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'runtime-'))
    await writeFile(join(folder.path, 'weights.bin'), new Uint8Array(Float32Array.of(9, 10, 20).buffer))
    const outputs = await withSession(weighted(folder.path, 4), ({ run }) => run({ x: numbers(1, 2) }))
    expect(outputs).toEqual({ y: numbers(11, 22) })
  })

  it('that are not there are an error with a code', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'runtime-'))
    await expect(openSession(weighted(folder.path, 0), SETTINGS)).rejects.toMatchObject({
      code: 'SESSION_FAILED',
    })
  })
})

describe('a model that cannot be', () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ['no model', async () => Uint8Array.of(1, 2, 3)],
    ['nothing', async () => new Uint8Array()],
    ['half a model', async () => (await plusOne.bytes()).subarray(0, 60)],
    [
      'an operator that does not exist',
      sourceOf((g) => {
        const x = g.input('x', 'float32', [1])
        const [y] = g.node({ op: 'Nonsense', inputs: [x], outputs: [{ type: 'float32', shape: [1] }] })
        if (y !== undefined) g.output('y', y)
      }).bytes,
    ],
  ])('(%s) is an error with a code, the graph’s key and one line', async (_, bytes) => {
    await expect(openSession({ key: 'bad graph', weightBytes: 0, bytes }, SETTINGS)).rejects.toMatchObject({
      code: 'SESSION_FAILED',
      message: expect.stringMatching(/^graph bad graph could not be loaded: [^\n]+$/),
    })
  })
})
