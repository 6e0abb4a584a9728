/** The Box-Muller transform of uniform numbers in blocks of 16, as torch's CPU generator applies it. */

/** Values of one block: eight radii, then eight angles. */
export const normalBlock = 16

const twoPi = Math.fround(2 * Math.PI)

/**
 * Turns the uniform values of one block into normal ones, in place: value j becomes r·cos θ, value j + 8 r·sin θ,
 * with r = √(-2 ln(1 - u_j)) and θ = float32(2π)·u_{j+8}, the product rounded to float32.
 * @param values - float32, [0, 1)
 * @param start - the block's first index
 */
export function normalBlockInto(values: Float32Array, start: number): void {
  for (let j = start; j < start + normalBlock / 2; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[j]!))
    const theta = Math.fround(twoPi * values[j + normalBlock / 2]!)
    values[j] = radius * Math.cos(theta)
    values[j + normalBlock / 2] = radius * Math.sin(theta)
  }
}
