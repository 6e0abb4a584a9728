/** Least squares by the normal equations: the X that makes A·X closest to B. */

/**
 * @param a rows of A
 * @param b rows of B, as many
 * @returns rows of X
 */
export function solveLinear(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): number[][] {
  const size = a[0]?.length ?? 0
  const columns = b[0]?.length ?? 0
  // [AᵀA | AᵀB]
  const system = Array.from({ length: size }, () => new Float64Array(size + columns))
  for (const [index, row] of a.entries()) {
    for (const [i, equation] of system.entries()) {
      const factor = row[i] ?? 0
      for (let j = 0; j < size; j += 1) equation[j] = (equation[j] ?? 0) + factor * (row[j] ?? 0)
      for (let j = 0; j < columns; j += 1)
        equation[size + j] = (equation[size + j] ?? 0) + factor * (b[index]?.[j] ?? 0)
    }
  }
  for (let pivot = 0; pivot < size; pivot += 1) {
    const best = system.findIndex(
      (row, at) =>
        at >= pivot &&
        system.every((other, n) => n < pivot || Math.abs(row[pivot] ?? 0) >= Math.abs(other[pivot] ?? 0)),
    )
    const chosen = system[best]
    const here = system[pivot]
    if (chosen === undefined || here === undefined || Math.abs(chosen[pivot] ?? 0) < 1e-12)
      throw new RangeError('the rows do not determine a solution')
    system[pivot] = chosen
    system[best] = here
    const scale = chosen[pivot] ?? 1
    for (let j = pivot; j < chosen.length; j += 1) chosen[j] = (chosen[j] ?? 0) / scale
    for (const [at, row] of system.entries()) {
      const factor = row[pivot] ?? 0
      if (at === pivot || factor === 0) continue
      for (let j = pivot; j < row.length; j += 1) row[j] = (row[j] ?? 0) - factor * (chosen[j] ?? 0)
    }
  }
  return system.map((row) => [...row.subarray(size)])
}
