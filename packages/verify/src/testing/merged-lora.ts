/** LoRA files made for tests, and the model that they stand for: the same pairs added to the stored weights, row by row. */
import path from 'node:path'
import { float32ToFloat16, randn } from '@dicache/tensor'
import { openWeights, type TensorBytes, type WeightFile, writeSafetensors } from '@dicache/weights'

/** Rows of a stored weight that take rows of `up`. */
type MadeRows = {
  readonly module: string
  readonly start: number
  readonly up: number
  readonly count: number
}

/** A pair to make. `rows` says by hand where its product belongs, so that it does not follow the code under test. */
export type MadePair = {
  /** Module name in the LoRA file. */
  readonly name: string
  readonly style: 'kohya' | 'diffusers'
  readonly dtype: 'F32' | 'F16' | 'BF16'
  readonly rank: number
  readonly alpha?: number
  /** [out, in] of the product. */
  readonly shape: readonly [number, number]
  readonly rows: readonly MadeRows[]
}

/** A LoRA file that was made, and the strength it is used at. */
export type MadeLora = {
  readonly file: string
  readonly strength: number
  readonly pairs: readonly MadePair[]
}

const ENDINGS = {
  kohya: { down: 'lora_down.weight', up: 'lora_up.weight' },
  diffusers: { down: 'lora_A.weight', up: 'lora_B.weight' },
} as const

/** Writes the pairs with normal numbers: `down` of deviation 1/√in, `up` of deviation 0.2. */
export async function writeLora(file: string, pairs: readonly MadePair[], seed: number): Promise<void> {
  const tensors: Record<string, TensorBytes> = {}
  for (const [n, pair] of pairs.entries()) {
    const [out, inn] = pair.shape
    const ending = ENDINGS[pair.style]
    const down = { shape: [pair.rank, inn], factor: inn ** -0.5, seed: seed + 2 * n }
    const up = { shape: [out, pair.rank], factor: 0.2, seed: seed + 2 * n + 1 }
    tensors[`${pair.name}.${ending.down}`] = matrix(pair.dtype, down)
    tensors[`${pair.name}.${ending.up}`] = matrix(pair.dtype, up)
    if (pair.alpha !== undefined) {
      const bytes = new Uint8Array(Float32Array.of(pair.alpha).buffer)
      tensors[`${pair.name}.alpha`] = { dtype: 'F32', shape: [], bytes }
    }
  }
  await writeSafetensors(file, tensors)
}

/** Writes `base` (BFL layout, F32) to `into` with every pair added: W + strength · alpha/rank · up · down. */
export async function writeMerged(base: string, into: string, loras: readonly MadeLora[]): Promise<void> {
  await using file = await openWeights(base)
  const weights = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>()
  for (const key of file.tensors.keys()) weights.set(key, await file.readFloat32(key))
  for (const { file: name, strength, pairs } of loras) {
    await using lora = await openWeights(path.join(path.dirname(into), name))
    for (const pair of pairs) {
      const product = await productOf(lora, pair, strength)
      for (const rows of pair.rows) {
        const stored = weights.get(`${rows.module}.weight`)
        if (stored === undefined) throw new Error(`${rows.module} is no module of the base`)
        addRows(stored.data, product, { ...rows, width: pair.shape[1] })
      }
    }
  }
  const tensors = Array.from(weights, ([key, { shape, data }]): [string, TensorBytes] => [
    key,
    { dtype: 'F32', shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
  ])
  await writeSafetensors(into, Object.fromEntries(tensors))
}

/** strength · alpha/rank · up · down, float64 [out, in]. */
async function productOf(file: WeightFile, pair: MadePair, strength: number): Promise<Float64Array> {
  const [out, inn] = pair.shape
  const ending = ENDINGS[pair.style]
  const down = await file.readFloat32(`${pair.name}.${ending.down}`)
  const up = await file.readFloat32(`${pair.name}.${ending.up}`)
  const scale = (strength * (pair.alpha ?? pair.rank)) / pair.rank
  const product = new Float64Array(out * inn)
  for (let row = 0; row < out; row += 1) {
    for (let r = 0; r < pair.rank; r += 1) {
      const factor = scale * (up.data[row * pair.rank + r] ?? 0)
      for (let column = 0; column < inn; column += 1) {
        product[row * inn + column] =
          (product[row * inn + column] ?? 0) + factor * (down.data[r * inn + column] ?? 0)
      }
    }
  }
  return product
}

function addRows(into: Float32Array, from: Float64Array, rows: MadeRows & { readonly width: number }): void {
  for (let n = 0; n < rows.count * rows.width; n += 1) {
    const at = rows.start * rows.width + n
    into[at] = (into[at] ?? 0) + (from[rows.up * rows.width + n] ?? 0)
  }
}

function matrix(
  dtype: MadePair['dtype'],
  spec: { readonly shape: readonly number[]; readonly factor: number; readonly seed: number },
): TensorBytes {
  const values = randn(spec.shape, spec.seed).data.map((value) => value * spec.factor)
  const data =
    dtype === 'F32'
      ? values
      : dtype === 'F16'
        ? float32ToFloat16(values)
        : Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16)
  return { dtype, shape: spec.shape, bytes: new Uint8Array(data.buffer) }
}
