/** The start noise of latents, from a seed. */
import { concat } from '../ops/rows.ts'
import type { FloatTensor } from '../tensor.ts'
import { createTorchGenerator } from './torch-generator.ts'

/** `torch.manual_seed(seed); torch.randn(shape)` on the CPU. @throws RangeError when the seed is no integer. */
export function randn(shape: readonly number[], seed: bigint | number): FloatTensor {
  return createTorchGenerator(seed).randn(shape)
}

/**
 * Noise for a batch of latents as ComfyUI draws it: without indices, one draw of the whole shape; with indices, rows
 * 0 … max are drawn one by one and row i of the result is the row number `batchIndex[i]`. The two agree only where a
 * row's size is a multiple of 16.
 * @param shape - `[B, …]`
 * @param batchIndex - B row numbers, ≥ 0, repeats allowed
 * @throws RangeError when the number of indices is not B, or one is no row number.
 */
export function latentNoise(
  shape: readonly number[],
  seed: bigint | number,
  batchIndex?: readonly number[],
): FloatTensor {
  if (batchIndex === undefined) return randn(shape, seed)
  const [batch, ...inner] = shape
  if (batchIndex.length !== batch || batchIndex.some((row) => !Number.isInteger(row) || row < 0)) {
    throw new RangeError(`latentNoise: [${batchIndex.join(', ')}] are no row numbers for a batch of ${batch}`)
  }
  const generator = createTorchGenerator(seed)
  const wanted = new Set(batchIndex)
  const rows = new Map<number, FloatTensor>()
  for (let row = 0; row <= Math.max(...batchIndex); row++) {
    const noise = generator.randn([1, ...inner])
    if (wanted.has(row)) rows.set(row, noise)
  }
  return concat(batchIndex.flatMap((row) => rows.get(row) ?? []))
}
