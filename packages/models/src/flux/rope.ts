/** Rotary tables of FLUX: which angle each channel pair of each token turns by. */
import { concat, type FloatTensor, floatTensor } from '@dicache/tensor'

/** cos and sin, float32 [tokens, headDim / 2]. */
export type RopeTables = { readonly cos: FloatTensor; readonly sin: FloatTensor }

/**
 * Tables for ids [tokens, axes]: pair j of axis a turns by id · θ^(−2j/dₐ). Angles in float64, tables in float32.
 */
export function ropeTables(ids: FloatTensor, axes: readonly number[], theta: number): RopeTables {
  const [tokens = 0, width = 0] = ids.shape
  const half = axes.reduce((sum, channels) => sum + channels, 0) / 2
  const cos = new Float32Array(tokens * half)
  const sin = new Float32Array(tokens * half)
  const rates = axes.flatMap((channels, axis) =>
    Array.from({ length: channels / 2 }, (_, j) => ({ axis, rate: theta ** ((-2 * j) / channels) })),
  )
  for (let token = 0; token < tokens; token += 1) {
    rates.forEach(({ axis, rate }, pair) => {
      const angle = (ids.data[token * width + axis] ?? 0) * rate
      cos[token * half + pair] = Math.cos(angle)
      sin[token * half + pair] = Math.sin(angle)
    })
  }
  return { cos: floatTensor([tokens, half], cos), sin: floatTensor([tokens, half], sin) }
}

/** Ids [T + rows·columns, 3] of a picture: text tokens all zero, image tokens (0, row, column). */
export function fluxIds(
  textTokens: number,
  grid: { readonly rows: number; readonly columns: number },
): FloatTensor {
  const image = gridIds({ ...grid, index: 0, firstRow: 0, firstColumn: 0 })
  return concat([floatTensor([textTokens, 3]), image])
}

/** Ids [rows·columns, 3] of a grid of tokens: (index, row, column), rows and columns counted from its first. */
export function gridIds(grid: {
  readonly rows: number
  readonly columns: number
  readonly index: number
  readonly firstRow: number
  readonly firstColumn: number
}): FloatTensor {
  const { rows, columns, index, firstRow, firstColumn } = grid
  const ids = floatTensor([rows * columns, 3])
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      ids.data.set([index, firstRow + row, firstColumn + column], (row * columns + column) * 3)
  }
  return ids
}
