/** Token embedding: rows of a table, cast after they are picked, so that the table stays mapped as it is on disk. */
import { cast, type ElementType, gather, type Value } from '@dicache/onnx'
import type { WeightFile } from '@dicache/weights'
import { createWeightReader, type Stored, type WeightReader } from './weight-reader.ts'

/** Where a table is, and its sizes. */
export type TokenTable = {
  readonly file: WeightFile
  readonly stored: Stored
  readonly rows: number
  readonly channels: number
}

/** Types that a kernel picks rows of on every device; other tables are cast whole. */
const PICKABLE: Readonly<Record<string, ElementType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

/** Rows of `table` for ids int32 [B, L] → [B, L, channels] in the reader's compute type. */
export function embedTokens(reader: WeightReader, ids: Value, table: TokenTable): Value {
  const { graph, compute } = reader
  const dtype = table.file.tensors.get(table.stored.key)?.dtype ?? ''
  const asStored = createWeightReader(graph, table.file, { compute: PICKABLE[dtype] ?? compute })
  const rows = asStored.tensor(table.stored.key, [table.rows, table.channels])
  asStored.finish()
  return cast(graph, gather(graph, rows, ids), compute)
}
