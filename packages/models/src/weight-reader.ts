/** Puts a checkpoint's tensors into a graph as external data, checking names and shapes, and naming everything that is missing at once. */
import { cast, type ElementType, type GraphBuilder, type Value } from '@dicache/onnx'
import { type TensorEntry, type WeightFile, WeightsError } from '@dicache/weights'

/** Rows of a stored matrix: the whole tensor when left out. */
export type Rows = { readonly start: number; readonly count: number }

/** Where a logical tensor is stored: a tensor of the file, or rows of one. Layouts map names to these. */
export type Stored = { readonly key: string; readonly rows?: Rows }

export type WeightReader = {
  readonly graph: GraphBuilder
  readonly compute: ElementType
  /** The tensor `name`, of exactly this shape, cast to the compute type. */
  readonly tensor: (name: string, shape: readonly number[], rows?: Rows) => Value
  readonly has: (name: string) => boolean
  /** The stored shape, or undefined when the file has no such tensor. */
  readonly shapeOf: (name: string) => readonly number[] | undefined
  /** @throws WeightsError MISSING_KEYS with every name that was asked for and is not there. */
  readonly finish: () => void
}

export type WeightReaderOptions = {
  /** Element type that the graph computes in. */
  readonly compute: ElementType
  /** Renames logical names to stored ones (prefixes, other layouts). */
  readonly locate?: (name: string, rows: Rows | undefined) => Stored
}

/** How graphs name the element types of weight files, where they can compute with them. */
export const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F8_E4M3: 'float8e4m3fn',
  F8_E5M2: 'float8e5m2',
}

/** Reads tensors of `file` into `graph`. Nothing is read from disk: initializers point at the file's bytes. */
export function createWeightReader(
  graph: GraphBuilder,
  file: WeightFile,
  options: WeightReaderOptions,
): WeightReader {
  const locate = options.locate ?? ((key, rows) => (rows === undefined ? { key } : { key, rows }))
  const missing = new Set<string>()

  function tensor(name: string, shape: readonly number[], rows?: Rows): Value {
    const stored = locate(name, rows)
    const entry = file.tensors.get(stored.key)
    if (entry === undefined) {
      missing.add(stored.key)
      return { name: stored.key, type: options.compute, shape }
    }
    const type = ELEMENT_TYPES[entry.dtype]
    if (type === undefined) {
      throw new WeightsError(
        'WRONG_DTYPE',
        `stored as ${entry.dtype}, which cannot be computed with; expected F32, F16, BF16 or F8_E4M3`,
        { path: file.path, key: entry.name },
      )
    }
    const { bytes, rowsShape } = cut(entry, stored.rows)
    if (sizeOf(rowsShape) !== sizeOf(shape) || !sameButOnes(rowsShape, shape)) {
      throw new WeightsError(
        'WRONG_SHAPE',
        `its shape is [${rowsShape.join(', ')}] where [${shape.join(', ')}] is needed; the file does not fit the family it was recognised as`,
        { path: file.path, key: entry.name },
      )
    }
    const suffix =
      stored.rows === undefined ? '' : `[${stored.rows.start}:${stored.rows.start + stored.rows.count}]`
    const value = graph.external(`${stored.key}${suffix}`, type, shape, bytes)
    return graph.share(`cast ${value.name} ${options.compute}`, () => cast(graph, value, options.compute))
  }

  return {
    graph,
    compute: options.compute,
    tensor,
    has: (name) => file.tensors.has(locate(name, undefined).key),
    shapeOf: (name) => file.tensors.get(locate(name, undefined).key)?.shape,
    finish() {
      if (missing.size === 0) return
      const names = [...missing]
      const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '')
      throw new WeightsError(
        'MISSING_KEYS',
        `${names.length === 1 ? 'a tensor is' : `${names.length} tensors are`} missing: ${shown}. The file is incomplete, or of another model`,
        { path: file.path },
      )
    },
  }
}

function cut(
  entry: TensorEntry,
  rows: Rows | undefined,
): { bytes: { file: string; byteOffset: number; byteLength: number }; rowsShape: readonly number[] } {
  const whole = { file: entry.file, byteOffset: entry.byteOffset, byteLength: entry.byteLength }
  if (rows === undefined) return { bytes: whole, rowsShape: entry.shape }
  const [height = 0, ...rest] = entry.shape
  if (rows.start + rows.count > height) {
    throw new WeightsError(
      'WRONG_SHAPE',
      `${entry.name} has ${height} rows; rows ${rows.start} to ${rows.start + rows.count} are needed`,
      { path: entry.file, key: entry.name },
    )
  }
  const rowBytes = entry.byteLength / Math.max(height, 1)
  return {
    bytes: {
      file: entry.file,
      byteOffset: entry.byteOffset + rows.start * rowBytes,
      byteLength: rows.count * rowBytes,
    },
    rowsShape: [rows.count, ...rest],
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** Layouts differ in unit axes only where a 1×1 convolution is a matrix: [C, C, 1, 1] is [C, C]. */
function sameButOnes(a: readonly number[], b: readonly number[]): boolean {
  const squeeze = (shape: readonly number[]): string => shape.filter((extent) => extent !== 1).join('x')
  return squeeze(a) === squeeze(b)
}
