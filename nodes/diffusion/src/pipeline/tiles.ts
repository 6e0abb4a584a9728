/**
 * A function of pictures or latents, applied tile by tile: tiles overlap, fade out towards their edges and are averaged where they overlap,
 * as ComfyUI's tiled decoding does it. What the function needs at once grows with a tile, not with the picture.
 */
import { type FloatTensor, floatTensor, sliceAlong } from '@dicache/tensor'

/** Sizes in cells of the input, and how many cells of the output one of them is (8 for decoding, 1/8 for encoding). */
export type Tiling = {
  readonly width: number
  readonly height: number
  readonly overlap: number
  readonly scale: number
}

export type TileRun = {
  /** Called with [1, C, h, w], once a tile; gives [1, D, h·scale, w·scale]. */
  readonly map: (tile: FloatTensor) => Promise<FloatTensor>
  /** After each tile. */
  readonly onTile?: (done: number, total: number) => void
}

/** The mean of three tilings, square, flat and tall, so that no seam of one is left. `input` is [B, C, H, W]. */
export async function mapTiled(input: FloatTensor, tiling: Tiling, run: TileRun): Promise<FloatTensor> {
  const half = { width: Math.floor(tiling.width / 2), height: Math.floor(tiling.height / 2) }
  const shapes = [
    { ...tiling, width: half.width, height: tiling.height * 2 },
    { ...tiling, width: tiling.width * 2, height: half.height },
    tiling,
  ]
  const total =
    shapes.reduce((sum, shape) => sum + placesOf(input.shape, shape).length, 0) * (input.shape[0] ?? 0)
  let done = 0
  const map = async (tile: FloatTensor): Promise<FloatTensor> => {
    const mapped = await run.map(tile)
    done += 1
    run.onTile?.(done, total)
    return mapped
  }
  let mean: FloatTensor | undefined
  for (const shape of shapes) {
    const one = await mapOnce(input, shape, map)
    mean ??= floatTensor(one.shape)
    addThirdInto(mean, one)
  }
  return mean ?? input
}

function addThirdInto({ data: sum }: FloatTensor, { data: one }: FloatTensor): void {
  for (let n = 0; n < sum.length; n += 1) sum[n] = (sum[n] ?? 0) + (one[n] ?? 0) / 3
}

type Span = { readonly start: number; readonly length: number }
type Place = { readonly rows: Span; readonly columns: Span }

/** Where the tiles lie, row by row; the last ones of a row or column may be smaller. */
function placesOf([, , height = 0, width = 0]: readonly number[], tiling: Tiling): readonly Place[] {
  const rows = spans(height, tiling.height, tiling.overlap)
  const columns = spans(width, tiling.width, tiling.overlap)
  return rows.flatMap((row) => columns.map((column) => ({ rows: row, columns: column })))
}

function spans(length: number, tile: number, overlap: number): readonly Span[] {
  if (length <= tile) return [{ start: 0, length }]
  const step = tile - overlap
  return Array.from({ length: Math.ceil((length - overlap) / step) }, (_, n) => {
    const start = Math.max(0, Math.min(length - overlap, n * step))
    return { start, length: Math.min(tile, length - start) }
  })
}

async function mapOnce(
  input: FloatTensor,
  tiling: Tiling,
  map: (tile: FloatTensor) => Promise<FloatTensor>,
): Promise<FloatTensor> {
  const [batch = 0, , height = 0, width = 0] = input.shape
  const places = placesOf(input.shape, tiling)
  const feather = Math.round(tiling.overlap * tiling.scale)
  const size = { height: Math.round(height * tiling.scale), width: Math.round(width * tiling.scale) }
  let sums: FloatTensor | undefined
  for (let sample = 0; sample < batch; sample += 1) {
    const one = sliceAlong(input, 0, sample, sample + 1)
    const weights = new Float32Array(size.height * size.width)
    for (const { rows, columns } of places) {
      const cut = sliceAlong(one, 2, rows.start, rows.start + rows.length)
      const tile = await map(sliceAlong(cut, 3, columns.start, columns.start + columns.length))
      sums ??= floatTensor([batch, tile.shape[1] ?? 0, size.height, size.width])
      const at = {
        sample,
        top: Math.round(rows.start * tiling.scale),
        left: Math.round(columns.start * tiling.scale),
      }
      // A picture that is one tile does not fade: there is nothing beside it.
      addTileInto({ sums, weights }, tile, { ...at, feather: places.length === 1 ? 0 : feather })
    }
    if (sums !== undefined) divideInto(sums, sample, weights)
  }
  if (sums === undefined) throw new RangeError('there is nothing to cut into tiles')
  return sums
}

/** Adds a tile by its weights, which are added to those of the whole. */
function addTileInto(
  whole: { readonly sums: FloatTensor; readonly weights: Float32Array },
  tile: FloatTensor,
  at: { readonly sample: number; readonly top: number; readonly left: number; readonly feather: number },
): void {
  const [, channels = 0, height = 0, width = 0] = whole.sums.shape
  const [, , rows = 0, columns = 0] = tile.shape
  const [across, down] = [fade(columns, at.feather), fade(rows, at.feather)]
  for (let row = 0; row < rows; row += 1) {
    const line = (at.top + row) * width + at.left
    for (let column = 0; column < columns; column += 1) {
      const weight = Math.fround((down[row] ?? 0) * (across[column] ?? 0))
      whole.weights[line + column] = (whole.weights[line + column] ?? 0) + weight
      for (let channel = 0; channel < channels; channel += 1) {
        const to = (at.sample * channels + channel) * height * width + line + column
        const from = (channel * rows + row) * columns + column
        whole.sums.data[to] = (whole.sums.data[to] ?? 0) + weight * (tile.data[from] ?? 0)
      }
    }
  }
}

/** Weights along a side: they rise from both ends over `feather` cells; a side no longer than that does not fade. */
function fade(length: number, feather: number): Float32Array {
  const weights = new Float32Array(length).fill(1)
  if (feather >= length) return weights
  for (let n = 0; n < feather; n += 1) {
    const share = (n + 1) / feather
    weights[n] = (weights[n] ?? 0) * share
    weights[length - 1 - n] = (weights[length - 1 - n] ?? 0) * share
  }
  return weights
}

function divideInto({ shape, data }: FloatTensor, sample: number, weights: Float32Array): void {
  const [, channels = 0] = shape
  const first = sample * channels * weights.length
  for (let n = 0; n < channels * weights.length; n += 1)
    data[first + n] = (data[first + n] ?? 0) / (weights[n % weights.length] ?? 1)
}
