/** LoRA files as side paths of a graph: their matrices are read once, and every linear layer that they address adds its share. */
import {
  add,
  bytesPerElement,
  cast,
  type ElementType,
  gemm,
  type GraphBuilder,
  mul,
  type Value,
} from '@dicache/onnx'
import { type LoraSlice, type LoraTargets, readLoraPairs, type WeightFile } from '@dicache/weights'
import { ELEMENT_TYPES } from '../weight-reader.ts'
import type { LoraPath, LoraTarget } from './lora-path.ts'

/** A LoRA to apply: W + strength · alpha/r · up · down. */
export type LoraInput = { readonly file: WeightFile; readonly strength: number }

/** Keys of one LoRA file that nothing was made of: other models' modules, half pairs, methods that are no plain pair. */
export type UnmatchedKeys = { readonly path: string; readonly keys: readonly string[] }

/** Several LoRAs as one side path. */
export type Lora = {
  /** Tells apart whatever changes the numbers: the content of the pairs that are used, their order and their strengths. */
  readonly key: string
  readonly path: LoraPath
  /** Of each file that has any. To be shown to the user: a LoRA of another model does little or nothing. */
  readonly unmatched: readonly UnmatchedKeys[]
}

/** A stored matrix as it is in the file. */
type Matrix = { readonly type: ElementType; readonly columns: number; readonly bytes: Uint8Array }

type OpenedLora = {
  /** Hexadecimal digits of the content of all that is used. */
  readonly digest: string
  readonly strength: number
  readonly slices: ReadonlyMap<string, readonly LoraSlice[]>
  readonly matrix: (key: string) => Matrix
  readonly unmatched: UnmatchedKeys
}

/**
 * Reads the pairs of each file that fit `targets`. Matrices keep their stored type; the files may be closed afterwards.
 * @throws WeightsError WRONG_SHAPE or WRONG_DTYPE when a pair does not fit the module that it names.
 */
export async function createLoraPath(
  inputs: readonly LoraInput[],
  targets: LoraTargets,
  signal?: AbortSignal,
): Promise<Lora> {
  const loras: OpenedLora[] = []
  for (const input of inputs) loras.push(await openLora(input, targets, signal))
  return {
    key: loras.map(({ digest, strength }) => `lora ${digest} x ${strength}`).join(' '),
    path: (graph, target) => addSides(graph, target, loras),
    unmatched: loras.map(({ unmatched }) => unmatched).filter(({ keys }) => keys.length > 0),
  }
}

async function openLora(
  { file, strength }: LoraInput,
  targets: LoraTargets,
  signal: AbortSignal | undefined,
): Promise<OpenedLora> {
  const { slices, unmatched } = await readLoraPairs(file, targets, signal)
  const matrices = new Map<string, Matrix>()
  const parts: string[] = [JSON.stringify([...slices])]
  for (const key of new Set([...slices.values()].flat().flatMap(({ down, up }) => [down, up]))) {
    const entry = file.tensors.get(key)
    const type = ELEMENT_TYPES[entry?.dtype ?? '']
    if (entry === undefined || type === undefined) {
      throw new TypeError(`${file.path}: ${key} is no matrix that can be computed with`)
    }
    const bytes = await file.readBytes(key, signal)
    matrices.set(key, { type, columns: entry.shape[1] ?? 0, bytes })
    parts.push(`${key} ${type} ${await digestOf(bytes)}`)
  }
  return {
    digest: await digestOf(new TextEncoder().encode(parts.join('\n'))),
    strength,
    slices,
    matrix(key) {
      const matrix = matrices.get(key)
      if (matrix === undefined) throw new RangeError(`${file.path}: ${key} was not read`)
      return matrix
    },
    unmatched: { path: file.path, keys: unmatched },
  }
}

/** SHA-256 in hexadecimal, cut to 128 bits. */
async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes), 0, 16)
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Σ over all slices of all LoRAs that reach into the target's rows; [rows, out]. */
function addSides(graph: GraphBuilder, target: LoraTarget, loras: readonly OpenedLora[]): Value | undefined {
  let sum: Value | undefined
  for (const [index, lora] of loras.entries()) {
    for (const slice of lora.slices.get(target.module) ?? []) {
      const side = sideOf(graph, target, { lora, index, slice })
      if (side !== undefined) sum = sum === undefined ? side : add(graph, sum, side)
    }
  }
  return sum
}

type Side = { readonly lora: OpenedLora; readonly index: number; readonly slice: LoraSlice }

/** up · (scale · down x) for the rows that slice and target have in common, zero in the target's other rows. */
function sideOf(graph: GraphBuilder, target: LoraTarget, { lora, index, slice }: Side): Value | undefined {
  const start = target.rows?.start ?? 0
  const from = Math.max(start, slice.rowOffset)
  const to = Math.min(start + target.out, slice.rowOffset + slice.rows)
  if (from >= to) return undefined
  const { x } = target
  const prefix = `lora.${index}.`
  const scale = (lora.strength * slice.alpha) / slice.rank

  function stored(name: string, matrix: Matrix, rows: number): Value {
    return graph.share(`${name} as ${x.type}`, () =>
      cast(graph, graph.inline(name, matrix.type, [rows, matrix.columns], matrix.bytes), x.type),
    )
  }

  const low = graph.share(`${prefix}${slice.down} of ${x.name}`, () => {
    const down = gemm(graph, x, stored(prefix + slice.down, lora.matrix(slice.down), slice.rank))
    return mul(graph, down, graph.constant(x.type === 'float16' ? 'float16' : 'float32', [1], [scale]))
  })
  const up = lora.matrix(slice.up)
  const first = slice.upRowOffset + (from - slice.rowOffset)
  const place = { from: first, count: to - from, at: from - start, of: target.out }
  const name = `${prefix}${slice.up}[${first}:${first + place.count}] at ${place.at} of ${place.of}`
  return gemm(graph, low, stored(name, { ...up, bytes: placeRows(up, place) }, target.out))
}

/** Rows `from` … `from + count` of a matrix as rows `at` … of one with `of` rows; the others are zero, which is zero bytes in every float type. */
function placeRows(
  { bytes, columns, type }: Matrix,
  place: { readonly from: number; readonly count: number; readonly at: number; readonly of: number },
): Uint8Array {
  const rowBytes = columns * bytesPerElement(type)
  const rows = bytes.subarray(place.from * rowBytes, (place.from + place.count) * rowBytes)
  if (place.count === place.of) return rows
  const padded = new Uint8Array(place.of * rowBytes)
  padded.set(rows, place.at * rowBytes)
  return padded
}
