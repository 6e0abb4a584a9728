/** Short words for the tests of nodes. */
import type { NodeDefinition } from '@dicache/sdk'
import { runNode } from '@dicache/sdk/testing'
import { type FloatTensor, floatTensor } from '@dicache/tensor'

/** A tensor of a shape with these values. */
export function tensor(shape: readonly number[], ...values: readonly number[]): FloatTensor {
  return floatTensor(shape, Float32Array.from(values))
}

/** A tensor of a shape whose values are 0, 1, 2 … over a number. */
export function counted(shape: readonly number[], over: number = 1): FloatTensor {
  const { data } = floatTensor(shape)
  return floatTensor(
    shape,
    data.map((_, index) => index / over),
  )
}

/** Runs a node and gives its outputs, which must be tensors. */
export async function run(
  node: NodeDefinition,
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<'image' | 'mask', FloatTensor>>> {
  const { outputs } = await runNode(node, { inputs, params })
  return outputs as Readonly<Record<'image' | 'mask', FloatTensor>>
}

/** Values as numbers with six digits, for comparison with printed ones. */
export function rounded({ data }: FloatTensor): readonly number[] {
  return [...data].map((value) => Math.round(value * 1e6) / 1e6 + 0)
}
