/**
 * Random numbers of torch's CPU generator: the same seed gives the same noise as `torch.manual_seed(seed)`.
 * Known vector: seed 42, randn(3) = 0.33669037, 0.12880941, 0.23446237.
 */
import { normalBlock, normalBlockInto } from '../ops/normal-blocks.ts'
import { type FloatTensor, floatTensor } from '../tensor.ts'
import { createMt19937, type WordSource } from './mt19937.ts'

/** A stateful sequence of random tensors; the order of calls matters. */
export type TorchGenerator = {
  /** Uniform float32 values in [0, 1), bit for bit torch's. */
  readonly rand: (shape: readonly number[]) => FloatTensor
  /**
   * Standard normal float32 values. Calls of fewer than 16 values are bit for bit torch's (float64 inside, and the
   * second value of an odd pair waits for the next such call). Calls of 16 and more differ from torch's vectorised
   * logarithm and cosine by a few ulps. Which of the two applies depends on the whole call's number of values.
   */
  readonly randn: (shape: readonly number[]) => FloatTensor
}

/**
 * Creates a generator.
 * @param seed - an integer; torch's engine uses its low 32 bits only. Seeds beyond 2^53 need a bigint.
 * @throws RangeError when the seed is no integer.
 */
export function createTorchGenerator(seed: bigint | number): TorchGenerator {
  const engine = createMt19937(Number(BigInt.asUintN(32, BigInt(seed))))
  const nextNormal = createPairedNormals(engine)
  return {
    rand(shape) {
      const tensor = floatTensor(shape)
      fillUniformInto(tensor.data, engine)
      return tensor
    },
    randn(shape) {
      const tensor = floatTensor(shape)
      const { data } = tensor
      if (data.length >= normalBlock) fillNormalBlocksInto(data, engine)
      else for (let i = 0; i < data.length; i++) data[i] = nextNormal()
      return tensor
    },
  }
}

function fillUniformInto(values: Float32Array, engine: WordSource): void {
  for (let i = 0; i < values.length; i++) values[i] = (engine.nextWord() & 0xffffff) / 2 ** 24
}

function fillNormalBlocksInto(values: Float32Array, engine: WordSource): void {
  fillUniformInto(values, engine)
  const whole = values.length - (values.length % normalBlock)
  for (let start = 0; start < whole; start += normalBlock) normalBlockInto(values, start)
  if (whole < values.length) {
    // The last 16 values are drawn anew, over the end of the block before.
    const start = values.length - normalBlock
    fillUniformInto(values.subarray(start), engine)
    normalBlockInto(values, start)
  }
}

/** Normal numbers in float64, two from each pair of uniforms: the second waits for the next call. */
function createPairedNormals(engine: WordSource): () => number {
  let waiting: number | undefined
  const uniform = (): number => {
    const high = engine.nextWord() & 0x1fffff
    return (high * 2 ** 32 + engine.nextWord()) / 2 ** 53
  }
  return function nextNormal(): number {
    if (waiting !== undefined) {
      const normal = waiting
      waiting = undefined
      return normal
    }
    const theta = 2 * Math.PI * uniform()
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()))
    waiting = radius * Math.sin(theta)
    return radius * Math.cos(theta)
  }
}
