/** The linear layers of a FLUX graph: stored weights, optional bias, and LoRA pairs as rank-r side paths. */
import { add, flatten, gemm, type GraphBuilder, type Value } from '@dicache/onnx'
import type { LoraPath } from '../lora/lora-path.ts'
import type { Rows, WeightReader } from '../weight-reader.ts'

export type Layers = {
  readonly graph: GraphBuilder
  readonly reader: WeightReader
  /** y = x Wᵀ + b over x [rows, in] → [rows, out]; `rows` takes a part of a fused module. */
  readonly linear: (x: Value, module: string, shape: LinearShape) => Value
}

export type LinearShape = {
  readonly out: number
  readonly in: number
  readonly rows?: Rows
  /** Another bias than the stored one, or none. */
  readonly bias?: boolean | Value
}

/** Layers over a reader; `lora` gives the side paths of a module's rows. */
export function createLayers(reader: WeightReader, lora?: LoraPath): Layers {
  const { graph } = reader
  return {
    graph,
    reader,
    linear(x, module, shape) {
      // With side paths the parts of a fused module share one input, so that they share the product with `down`.
      const flat =
        lora === undefined ? flatten(graph, x) : graph.share(`flat ${x.name}`, () => flatten(graph, x))
      const w = reader.tensor(`${module}.weight`, [shape.out, shape.in], shape.rows)
      const bias =
        typeof shape.bias === 'object'
          ? shape.bias
          : shape.bias === false
            ? undefined
            : reader.tensor(`${module}.bias`, [shape.out], shape.rows)
      const y = gemm(graph, flat, w, bias)
      const side = lora?.(graph, {
        x: flat,
        module,
        out: shape.out,
        ...(shape.rows === undefined ? {} : { rows: shape.rows }),
      })
      return side === undefined ? y : add(graph, y, side)
    },
  }
}
