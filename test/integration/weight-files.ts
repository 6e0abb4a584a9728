/** Small weight files that are right, and ways to break them. */
import { fluxLoraTargets } from '@dicache/models'
import { encodeSafetensors, type TensorBytes } from '@dicache/weights'

export type Tensors = Readonly<Record<string, TensorBytes>>

const SIZES = {
  hidden: 64,
  mlp: 256,
  doubleBlocks: 1,
  singleBlocks: 1,
  inChannels: 64,
  contextIn: 128,
  vectorIn: 128,
  guidance: false,
} as const
const HEAD = 64
const NORMS = [
  'double_blocks.0.img_attn.norm',
  'double_blocks.0.txt_attn.norm',
  'single_blocks.0.norm',
] as const

/** A FLUX transformer of two blocks that fits the bundled text encoders and autoencoder. Float32, about 1.5 MB. */
export function tinyFlux(): Tensors {
  const tensors: Record<string, TensorBytes> = {}
  let seed = 1
  for (const [module, [rows, columns]] of fluxLoraTargets(SIZES).bases) {
    tensors[`${module}.weight`] = floats([rows, columns], () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return (seed / 2 ** 32 - 0.5) / Math.sqrt(columns)
    })
    tensors[`${module}.bias`] = floats([rows], () => 0)
  }
  for (const norm of NORMS) {
    tensors[`${norm}.query_norm.scale`] = floats([HEAD], () => 1)
    tensors[`${norm}.key_norm.scale`] = floats([HEAD], () => 1)
  }
  return tensors
}

/** A float32 tensor. */
export function floats(shape: readonly number[], value: (index: number) => number): TensorBytes {
  const count = shape.reduce((product, extent) => product * extent, 1)
  return {
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(Float32Array.from({ length: count }, (_, n) => value(n)).buffer),
  }
}

/** The bytes of a .safetensors file. */
export function fileOf(tensors: Tensors): Buffer {
  return Buffer.concat(encodeSafetensors('memory', tensors))
}

/** The same file with another header: `change` gets its parsed JSON, and the length before it fits what comes back. */
export function withHeader(
  file: Buffer,
  change: (
    header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>,
  ) => object | string,
): Buffer {
  const length = Number(file.readBigUInt64LE(0))
  const changed = change(JSON.parse(file.toString('utf8', 8, 8 + length)))
  const text = Buffer.from(typeof changed === 'string' ? changed : JSON.stringify(changed))
  const start = Buffer.alloc(8)
  start.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([start, text, file.subarray(8 + length)])
}

/** The same file, claiming a header of `length` bytes. */
export function withHeaderLength(file: Buffer, length: bigint): Buffer {
  const changed = Buffer.from(file)
  changed.writeBigUInt64LE(length)
  return changed
}
