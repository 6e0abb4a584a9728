/** How long the matrix products of a graph take as nothing but matrix products: the floor of its time on this machine, now. */
import { flopsOf, type MatrixProduct } from '@dicache/models'
import { createGraph, gemm, unary } from '@dicache/onnx'
import { floatTensor, type GraphSession, type NamedTensors, type OpenGraph } from '@dicache/tensor'
import { median } from './median.ts'

/** Calls of each product that its median is taken of. */
const CALLS = 25

/**
 * Milliseconds of all products, each as often as it is counted. A product is one Gemm with bias, its weights constant and repacked at load
 * as a model's are; what a call costs without a product is taken off.
 */
export async function productsMs(
  openGraph: OpenGraph,
  products: readonly MatrixProduct[],
  now: () => number,
): Promise<number> {
  let total = 0
  for (const { m, k, n, count } of products) {
    const x = { x: floatTensor([m, k], pattern(m * k)) }
    const session = await openGraph({
      key: `gemm ${m} ${k} ${n}`,
      weightBytes: 4 * k * n,
      bytes() {
        const g = createGraph('gemm')
        const bias = g.constant('float32', [n], new Float32Array(n))
        g.output(
          'y',
          gemm(g, g.input('x', 'float32', [m, k]), g.constant('float32', [n, k], pattern(n * k)), bias),
        )
        return g.build()
      },
    })
    const empty = await openGraph({
      key: 'empty',
      weightBytes: 0,
      bytes() {
        const g = createGraph('empty')
        g.output('y', unary(g, 'Abs', g.input('x', 'float32', [1])))
        return g.build()
      },
    })
    const call = await callMs(session, x, now)
    const nothing = await callMs(empty, { x: floatTensor([1]) }, now)
    total += Math.max(call - nothing, 0) * count
  }
  return total
}

/** Floating-point operations of the products. */
export function productFlops(products: readonly MatrixProduct[]): number {
  return flopsOf({ products, attentionFlops: 0 })
}

async function callMs(session: GraphSession, inputs: NamedTensors, now: () => number): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < CALLS; n += 1) {
    const started = now()
    await session.run(inputs)
    times.push(now() - started)
  }
  return median(times)
}

function pattern(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => ((n * 2654435761) % 1000) / 1000 - 0.5)
}
