/** Joins samples along the first axis, without a copy where they already lie side by side. */
import { concat, type FloatTensor, floatTensor } from '@dicache/tensor'

/** [n₁, …], [n₂, …] … → [n₁ + n₂ + …, …]. The result may share memory with the parts. */
export function stackRows(parts: readonly FloatTensor[]): FloatTensor {
  const [first] = parts
  if (first === undefined) throw new RangeError('stackRows: nothing to stack')
  if (parts.length === 1) return first
  let end = first.data.byteOffset
  const side = parts.every(({ data }) => {
    const follows = data.buffer === first.data.buffer && data.byteOffset === end
    end = data.byteOffset + data.byteLength
    return follows
  })
  if (!side) return concat(parts)
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)
  const length = parts.reduce((sum, { data }) => sum + data.length, 0)
  return floatTensor(
    [rows, ...first.shape.slice(1)],
    new Float32Array(first.data.buffer, first.data.byteOffset, length),
  )
}
