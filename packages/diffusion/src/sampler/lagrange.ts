/** Lagrange's interpolation polynomials: what a multistep method integrates. */

/**
 * The polynomial that is 1 at `nodes[index]` and 0 at the other nodes, at a point.
 * @param nodes - all different
 */
export function lagrangeBasis(nodes: readonly number[], index: number, at: number): number {
  const own = nodes[index] ?? Number.NaN
  return nodes.reduce(
    (product, node, i) => (i === index ? product : (product * (at - node)) / (own - node)),
    1,
  )
}

/** The integral of {@link lagrangeBasis} from `from` to `to`, exact for at most four nodes (Gauss-Legendre, 2 points). */
export function lagrangeIntegral(
  nodes: readonly number[],
  index: number,
  [from, to]: readonly [from: number, to: number],
): number {
  const middle = (from + to) / 2
  const offset = (to - from) / 2 / Math.sqrt(3)
  return (
    ((to - from) / 2) *
    (lagrangeBasis(nodes, index, middle - offset) + lagrangeBasis(nodes, index, middle + offset))
  )
}
