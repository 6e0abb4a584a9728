/** A linear layer with the side paths that LoRAs add to it. */
import { add, flatten, gemm, type GraphBuilder, linear, reshape, type Value } from '@dicache/onnx'
import type { LoraPath } from './lora-path.ts'

/** The layer's name among the targets of the LoRA, and its weight [out, in] and bias. */
export type SidedLayer = {
  readonly module: string
  readonly out: number
  readonly weight: Value
  readonly bias?: Value
  /** Done to what weight and bias give, before the side paths are added. */
  readonly scaled?: (y: Value) => Value
}

/** x [..., in] → [..., out]. */
export function sidedLinear(g: GraphBuilder, x: Value, layer: SidedLayer, lora?: LoraPath): Value {
  const { module, out, weight, bias, scaled = (y) => y } = layer
  if (lora === undefined) return scaled(linear(g, x, weight, bias))
  // Layers that read the same x share its flat form, so that they share the product with `down`.
  const flat = g.share(`flat ${x.name}`, () => flatten(g, x))
  const side = lora(g, { x: flat, module, out })
  const y = scaled(gemm(g, flat, weight, bias))
  return reshape(g, side === undefined ? y : add(g, y, side), [...x.shape.slice(0, -1), out])
}
