/** A FLUX.1 dev checkpoint that exists only as a header: keys, shapes and offsets of the published sizes, no bytes. */
import type { TensorEntry, WeightFile } from '@dicache/weights'

type Sizes = {
  readonly hidden: number
  readonly headDim: number
  readonly doubleBlocks: number
  readonly singleBlocks: number
}

/** Builds the header's tensors in BFL's layout, BF16, one after the other. Reading a tensor rejects. */
export function syntheticFlux({ hidden: c, headDim, doubleBlocks, singleBlocks }: Sizes): WeightFile {
  const shapes = new Map<string, readonly number[]>()
  const linear = (name: string, out: number, input: number): void => {
    shapes.set(`${name}.weight`, [out, input])
    shapes.set(`${name}.bias`, [out])
  }
  const norms = (name: string): void => {
    for (const kind of ['query', 'key']) shapes.set(`${name}.${kind}_norm.scale`, [headDim])
  }
  linear('img_in', c, 64)
  linear('txt_in', c, 4096)
  for (const [name, input] of [
    ['time_in', 256],
    ['vector_in', 768],
    ['guidance_in', 256],
  ] as const) {
    linear(`${name}.in_layer`, c, input)
    linear(`${name}.out_layer`, c, c)
  }
  for (let block = 0; block < doubleBlocks; block += 1) {
    for (const stream of ['img', 'txt']) {
      const base = `double_blocks.${block}.${stream}`
      linear(`${base}_mod.lin`, 6 * c, c)
      linear(`${base}_attn.qkv`, 3 * c, c)
      norms(`${base}_attn.norm`)
      linear(`${base}_attn.proj`, c, c)
      linear(`${base}_mlp.0`, 4 * c, c)
      linear(`${base}_mlp.2`, c, 4 * c)
    }
  }
  for (let block = 0; block < singleBlocks; block += 1) {
    const base = `single_blocks.${block}`
    linear(`${base}.linear1`, 7 * c, c)
    linear(`${base}.linear2`, c, 5 * c)
    norms(`${base}.norm`)
    linear(`${base}.modulation.lin`, 3 * c, c)
  }
  linear('final_layer.linear', 64, c)
  linear('final_layer.adaLN_modulation.1', 2 * c, c)
  return headerOnly(shapes)
}

function headerOnly(shapes: ReadonlyMap<string, readonly number[]>): WeightFile {
  const tensors = new Map<string, TensorEntry>()
  let byteOffset = 65_536
  for (const [name, shape] of shapes) {
    const byteLength = 2 * shape.reduce((a, b) => a * b, 1)
    tensors.set(name, { name, dtype: 'BF16', shape, file: 'synthetic.safetensors', byteOffset, byteLength })
    byteOffset += byteLength
  }
  const nothing = (): Promise<never> => Promise.reject(new Error('a synthetic file has no bytes'))
  const close = (): Promise<void> => Promise.resolve()
  return {
    path: 'synthetic.safetensors',
    folder: '.',
    metadata: {},
    tensors,
    readBytes: nothing,
    readFloat32: nothing,
    readTensor: nothing,
    close,
    [Symbol.asyncDispose]: close,
  }
}
