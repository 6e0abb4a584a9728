/** min(max(γ, lo), hi) in float32, NaN kept as the released code keeps it. */
export function clip(gamma: number, [low, high]: readonly [number, number]): number {
  return Number.isNaN(gamma) ? gamma : Math.fround(Math.min(Math.max(gamma, low), high))
}
