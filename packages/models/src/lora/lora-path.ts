/** The type of a LoRA side path: what a linear layer adds to its output. */
import type { GraphBuilder, Value } from '@dicache/onnx'
import type { Rows } from '../weight-reader.ts'

/** The layer a side path belongs to: its flat input x [rows, in], its module, and which rows of a fused one it computes. */
export type LoraTarget = {
  readonly x: Value
  readonly module: string
  readonly out: number
  readonly rows?: Rows
}

/** Σ strength · α/r · up (down x) over the pairs that address the module, or undefined when none does. */
export type LoraPath = (graph: GraphBuilder, target: LoraTarget) => Value | undefined
