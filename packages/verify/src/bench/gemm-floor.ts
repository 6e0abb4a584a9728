/** How long the matrix products of a graph take as nothing but matrix products: the floor of its time on this machine, now. */
import { createGraph, gemm } from '@dicache/onnx'
import { floatTensor, type GraphSession, type OpenGraph } from '@dicache/tensor'

export type Product = { readonly m: number; readonly k: number; readonly n: number; readonly count: number }

/** Opens one Gemm a distinct shape, weights constant and repacked at load as a model's are. */
export async function openProducts(
  openGraph: OpenGraph,
  products: readonly Product[],
): Promise<readonly OpenedProduct[]> {
  const opened: OpenedProduct[] = []
  for (const product of products) {
    const { m, k, n } = product
    const session = await openGraph({
      key: `gemm ${m} ${k} ${n}`,
      weightBytes: 4 * k * n,
      bytes() {
        const g = createGraph('gemm')
        const x = g.input('x', 'float32', [m, k])
        g.output(
          'y',
          gemm(
            g,
            x,
            g.constant('float32', [n, k], pattern(n * k)),
            g.constant('float32', [n], new Float32Array(n)),
          ),
        )
        return g.build()
      },
    })
    opened.push({ product, session, x: { x: floatTensor([m, k], pattern(m * k)) } })
  }
  return opened
}

export type OpenedProduct = {
  readonly product: Product
  readonly session: GraphSession
  readonly x: Parameters<GraphSession['run']>[0]
}

/** Milliseconds of one call of each product times its count. */
export async function runProducts(opened: readonly OpenedProduct[], now: () => number): Promise<number> {
  let total = 0
  for (const { product, session, x } of opened) {
    const repeats = 3
    const started = now()
    for (let n = 0; n < repeats; n += 1) await session.run(x)
    total += ((now() - started) / repeats) * product.count
  }
  return total
}

/** Floating-point operations of the products. */
export function productFlops(products: readonly Product[]): number {
  return products.reduce((sum, { m, k, n, count }) => sum + 2 * m * k * n * count, 0)
}

function pattern(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => ((n * 2654435761) % 1000) / 1000 - 0.5)
}
