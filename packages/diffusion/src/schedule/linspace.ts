/** Evenly spaced numbers, and lists rounded to float32. */

/** `count` numbers from `start` to `end`, both included; one number is `start`. */
export function linspace(start: number, end: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? start : start + ((end - start) * i) / (count - 1),
  )
}

/** The list as the float32 numbers that every implementation keeps its sigmas in. */
export function toFloat32(values: readonly number[]): readonly number[] {
  return values.map((value) => Math.fround(value))
}
