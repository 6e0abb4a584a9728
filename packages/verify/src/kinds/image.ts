/**
 * Golden checks of kind `image` that are arithmetic: 8-bit conversion, PSNR and SSIM.
 * Image files need a decoder, which is not here: their tensors give failed checks.
 */
import {
  type FloatTensor,
  fromBytes,
  meanAbsDifference,
  meanSquaredError,
  psnr,
  ssim,
  toBytes,
} from '@dicache/tensor'
import {
  asFloat,
  asNumbers,
  type CaseReader,
  type Check,
  compareNumbers,
  failedCheck,
  listOf,
  type Numbers,
  unknownTensor,
} from '../check.ts'
import { record } from '../json.ts'

type Metric = {
  readonly measure: (a: FloatTensor, b: FloatTensor) => number
  /** As the case states it: dB for PSNR, absolute for the others. */
  readonly tolerance: number
}

/** The numbers of case.json's `expected`, by their names there. */
const metrics: Readonly<Record<string, Metric>> = {
  psnr: { measure: psnr, tolerance: 1e-6 },
  ssim: { measure: ssim, tolerance: 1e-7 },
  mse: { measure: meanSquaredError, tolerance: 1e-12 },
  mean_abs: { measure: meanAbsDifference, tolerance: 1e-12 },
}

/** Inputs: read, but nothing to be computed. */
const inputs: ReadonlySet<string> = new Set(['a', 'value', 'byte'])

/** Whether a case is arithmetic alone. One that names image files needs a decoder, and is not covered. */
export function coversImage(json: unknown): boolean {
  return !('files' in record(json))
}

/** Checks every expected tensor and every expected number of an image case. */
export async function* checkImage(c: CaseReader): AsyncIterable<Check> {
  const pairs = expectedNumbers(c.json)
  for (const name of c.tensorNames) {
    if (inputs.has(name) || (name.startsWith('b/') && Object.hasOwn(pairs, name.slice(2)))) continue
    const got = await convert(c, name)
    if (got === undefined) yield unknownTensor(name)
    else yield compareNumbers(name, got, asNumbers(name, await c.tensor(name)), 0)
  }
  for (const [pair, numbers] of Object.entries(pairs)) {
    const a = asFloat('a', await c.tensor('a'))
    const b = asFloat(`b/${pair}`, await c.tensor(`b/${pair}`))
    for (const [name, expected] of Object.entries(numbers)) {
      const metric = metrics[name]
      yield metric === undefined
        ? failedCheck(`${pair}/${name}`, 'not covered: the check does not know this measure')
        : compareNumbers(
            `${pair}/${name}`,
            listOf([metric.measure(a, b)]),
            listOf([Number(expected)]),
            metric.tolerance,
          )
    }
  }
}

/** The tensor that a name asks for, or nothing for a name that is not known. */
async function convert(c: CaseReader, name: string): Promise<Numbers | undefined> {
  switch (name) {
    case 'truncated':
      return toBytes(asFloat('value', await c.tensor('value')), 'truncate')
    case 'rounded':
      return toBytes(asFloat('value', await c.tensor('value')), 'round')
    case 'loaded': {
      const bytes = asNumbers('byte', await c.tensor('byte'))
      return fromBytes({ dtype: 'uint8', shape: bytes.shape, data: Uint8Array.from(Array.from(bytes.data)) })
    }
    default:
      return undefined
  }
}

/** `expected` of case.json: numbers by pair and measure; infinities are written as strings. */
function expectedNumbers(json: unknown): Readonly<Record<string, Readonly<Record<string, number | string>>>> {
  const { expected = {} } = json as { readonly expected?: Record<string, Record<string, number | string>> }
  return expected
}
