/** Small systems of linear equations, in float64. */

/**
 * x with matrix · x = right, by elimination with row exchange.
 * @param matrix - rows, square
 * @throws RangeError when the matrix is singular.
 */
export function solveLinear(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] {
  let rows = matrix.map((row, i) => [...row, right[i] ?? Number.NaN])
  const reduced: (readonly number[])[] = []
  for (let column = 0; column < matrix.length; column++) {
    const pivot = rows.reduce(
      (best, row) => (Math.abs(row[0] ?? 0) > Math.abs(best[0] ?? 0) ? row : best),
      [0],
    )
    const [lead = 0, ...tail] = pivot
    if (lead === 0) throw new RangeError('solveLinear: the matrix is singular')
    reduced.push(tail.map((value) => value / lead))
    rows = rows
      .filter((row) => row !== pivot)
      .map(([head = 0, ...rest]) => rest.map((value, i) => value - (head * (tail[i] ?? 0)) / lead))
  }
  // Each reduced row is [coefficients of the later unknowns …, right-hand side].
  return reduced.reduceRight<readonly number[]>((later, row) => {
    const known = later.reduce((sum, value, i) => sum + value * (row[i] ?? 0), 0)
    return [(row.at(-1) ?? Number.NaN) - known, ...later]
  }, [])
}
