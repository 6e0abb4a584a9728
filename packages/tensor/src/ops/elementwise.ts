/**
 * Elementwise arithmetic on float32 tensors of one shape.
 * Every element is computed in float64 from its float32 operands and rounded once to float32.
 */
import { type FloatTensor, floatTensor } from '../tensor.ts'
import { assertSameShape } from './same-shape.ts'

/** A tensor and the number it is multiplied with in a {@link weightedSum}. */
export type Term = readonly [weight: number, tensor: FloatTensor]

/** `a + b`. @throws RangeError when the shapes differ. */
export function add(a: FloatTensor, b: FloatTensor): FloatTensor {
  return weightedSum([1, a], [1, b])
}

/** `a - b`. @throws RangeError when the shapes differ. */
export function subtract(a: FloatTensor, b: FloatTensor): FloatTensor {
  return weightedSum([1, a], [-1, b])
}

/** `factor * a`. */
export function scale(a: FloatTensor, factor: number): FloatTensor {
  return weightedSum([factor, a])
}

/** `factor * x + y`. @throws RangeError when the shapes differ. */
export function axpy(factor: number, x: FloatTensor, y: FloatTensor): FloatTensor {
  return weightedSum([factor, x], [1, y])
}

/** `(1 - t)·a + t·b`: `a` at t = 0, `b` at t = 1. @throws RangeError when the shapes differ. */
export function lerp(a: FloatTensor, b: FloatTensor, t: number): FloatTensor {
  return weightedSum([1 - t, a], [t, b])
}

/**
 * `w₀·a₀ + w₁·a₁ + …` in one pass, with one rounding for each element.
 * @throws RangeError when the shapes differ.
 */
export function weightedSum(first: Term, ...rest: readonly Term[]): FloatTensor {
  const [weight, tensor] = first
  assertSameShape('weightedSum', tensor, ...rest.map(([, other]) => other))
  const [second, third] = rest
  const sum = new Float32Array(tensor.data.length)
  if (rest.length === 1 && second !== undefined) sumOfTwo(sum, first, second)
  else if (rest.length === 2 && second !== undefined && third !== undefined)
    sumOfThree(sum, { first, second, third })
  else sumOfMany(sum, { weight, tensor, rest })
  return floatTensor(tensor.shape, sum)
}

/** A loop without a list of terms inside: samplers and guidance call it several times a step. */
function sumOfTwo(sum: Float32Array, [v, { data: a }]: Term, [w, { data: b }]: Term): void {
  for (let i = 0; i < sum.length; i++) sum[i] = v * a[i]! + w * b[i]!
}

function sumOfThree(
  sum: Float32Array,
  terms: { readonly first: Term; readonly second: Term; readonly third: Term },
): void {
  const [u, { data: a }] = terms.first
  const [v, { data: b }] = terms.second
  const [w, { data: c }] = terms.third
  for (let i = 0; i < sum.length; i++) sum[i] = u * a[i]! + v * b[i]! + w * c[i]!
}

function sumOfMany(
  sum: Float32Array,
  terms: { readonly weight: number; readonly tensor: FloatTensor; readonly rest: readonly Term[] },
): void {
  const { data } = terms.tensor
  for (let i = 0; i < sum.length; i++) {
    let total = terms.weight * data[i]!
    for (const [factor, other] of terms.rest) total += factor * other.data[i]!
    sum[i] = total
  }
}

/** Every element limited to `low … high`; NaN stays NaN. */
export function clamp(a: FloatTensor, low: number, high: number): FloatTensor {
  return floatTensor(
    a.shape,
    a.data.map((value) => (value < low ? low : value > high ? high : value)),
  )
}

/** Adds `a` to `target`, in place. @throws RangeError when the shapes differ. */
export function addInto(target: FloatTensor, a: FloatTensor): void {
  axpyInto(target, 1, a)
}

/** Adds `factor * a` to `target`, in place. @throws RangeError when the shapes differ. */
export function axpyInto(target: FloatTensor, factor: number, a: FloatTensor): void {
  assertSameShape('axpyInto', target, a)
  const { data } = target
  for (let i = 0; i < data.length; i++) data[i]! += factor * a.data[i]!
}

/** Multiplies `target` with `factor`, in place. */
export function scaleInto(target: FloatTensor, factor: number): void {
  const { data } = target
  for (let i = 0; i < data.length; i++) data[i]! *= factor
}
