/** What a golden check sees and reports, and the comparisons that every kind of case shares. */
import type { FloatTensor, OpenGraph, Tensor } from '@dicache/tensor'

/** One expected value set against what the code gave. */
export type Check = {
  readonly name: string
  /** The largest deviation, in the unit of `tolerance`: absolute, unless `note` says ulps. */
  readonly worst: number
  readonly tolerance: number
  readonly ok: boolean
  readonly note?: string
}

/** A case folder, opened. */
export type CaseReader = {
  readonly folder: string
  /** The parsed case.json. */
  readonly json: unknown
  /** A tensor of tensors.safetensors. Rejects when the case has none of that name. */
  readonly tensor: (name: string) => Promise<Tensor>
  readonly tensorNames: readonly string[]
  /** Another JSON file of the folder, parsed. */
  readonly readJson: (file: string) => Promise<unknown>
}

/** What the checks of every kind may use. */
export type VerifyContext = { readonly openGraph: OpenGraph }

/** Checks every expected value of a case. A tensor that it does not know gives a failed check. */
export type CheckCase = (
  c: CaseReader,
  context: VerifyContext,
) => AsyncIterable<Check> | Promise<readonly Check[]>

/** Numbers to compare: a tensor, or a plain list. */
export type Numbers = { readonly shape: readonly number[]; readonly data: ArrayLike<number> }

/** A list of numbers as a tensor of one axis. */
export function listOf(values: readonly number[]): Numbers {
  return { shape: [values.length], data: values }
}

/** A check that fails without a number, for what could not be computed or is not known. */
export function failedCheck(name: string, note: string): Check {
  return { name, worst: Number.POSITIVE_INFINITY, tolerance: 0, ok: false, note }
}

/** The failed check of a tensor whose name the kind does not know. */
export function unknownTensor(name: string): Check {
  return failedCheck(name, 'not covered: the check does not know this tensor')
}

/** |got - expected| ≤ tolerance for every element. NaN equals NaN, an infinity the same infinity. */
export function compareNumbers(name: string, got: Numbers, expected: Numbers, tolerance: number): Check {
  return compare({ name, got, expected, tolerance, distance: absoluteDistance })
}

/** At most `ulps` float32 steps between got and expected, for every element. */
export function compareUlps(name: string, got: Numbers, expected: Numbers, ulps: number): Check {
  const note = ulps === 0 ? 'bit exact; in ulps' : 'in ulps'
  return { ...compare({ name, got, expected, tolerance: ulps, distance: ulpDistance }), note }
}

/** Narrows a tensor to float32. @throws TypeError when it is of another type. */
export function asFloat(name: string, tensor: Tensor): FloatTensor {
  if (tensor.dtype !== 'float32') throw new TypeError(`${name} is ${tensor.dtype}, float32 is needed`)
  return tensor
}

/** A tensor's values as numbers; int64 is refused because it may not fit. */
export function asNumbers(name: string, tensor: Tensor): Numbers {
  if (tensor.dtype === 'int64') throw new TypeError(`${name} is int64, a number type is needed`)
  return tensor
}

function compare(options: {
  name: string
  got: Numbers
  expected: Numbers
  tolerance: number
  distance: (a: number, b: number) => number
}): Check {
  const { name, got, expected, tolerance, distance } = options
  if (got.shape.join() !== expected.shape.join()) {
    return failedCheck(name, `shape [${got.shape.join(', ')}], expected [${expected.shape.join(', ')}]`)
  }
  let worst = 0
  for (let i = 0; i < expected.data.length; i++) {
    worst = Math.max(worst, distance(got.data[i] ?? Number.NaN, expected.data[i] ?? Number.NaN))
  }
  return { name, worst, tolerance, ok: worst <= tolerance }
}

function absoluteDistance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0
  const difference = Math.abs(a - b)
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}

function ulpDistance(a: number, b: number): number {
  if (Object.is(a, b)) return 0
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY
  return Math.abs(orderOf(a) - orderOf(b))
}

/** The place of a float32 value among all float32 values, 0 for zero. */
function orderOf(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer)[0] ?? 0
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}
