/** Facts about the element types of safetensors files: size, ONNX number, and the tensor type they read as. */
import type { DType } from '@dicache/tensor'

/** What a safetensors header may name as `dtype`. */
export type WeightDType =
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'U16'
  | 'I16'
  | 'U32'
  | 'I32'
  | 'U64'
  | 'I64'
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'F8_E4M3'
  | 'F8_E5M2'
  | 'F8_E8M0'
  | 'F8_E4M3FNUZ'
  | 'F8_E5M2FNUZ'
  | 'F6_E2M3'
  | 'F6_E3M2'
  | 'F4'
  | 'C64'

/** Facts about one element type. */
export type DTypeFacts = {
  /** Bits of one element in the file; below 8 elements are packed. */
  readonly bits: number
  /** ONNX `TensorProto.DataType`, or null where ONNX has no such type. */
  readonly onnx: number | null
  readonly kind: 'float' | 'integer' | 'bool' | 'complex'
  /**
   * The tensor type that holds every value exactly and that `readTensor` gives, or null where there is none:
   * the same bytes for F32, F16, I32, I64, U8; widened for BF16, the eight-bit floats and small integers.
   */
  readonly tensor: DType | null
}

/** Element types by their safetensors name. F8_E4M3 is ONNX's E4M3FN (no infinities, one NaN per sign). */
export const DTYPES: Readonly<Record<WeightDType, DTypeFacts>> = {
  BOOL: { bits: 8, onnx: 9, kind: 'bool', tensor: 'bool' },
  U8: { bits: 8, onnx: 2, kind: 'integer', tensor: 'uint8' },
  I8: { bits: 8, onnx: 3, kind: 'integer', tensor: 'int32' },
  U16: { bits: 16, onnx: 4, kind: 'integer', tensor: 'int32' },
  I16: { bits: 16, onnx: 5, kind: 'integer', tensor: 'int32' },
  U32: { bits: 32, onnx: 12, kind: 'integer', tensor: 'int64' },
  I32: { bits: 32, onnx: 6, kind: 'integer', tensor: 'int32' },
  U64: { bits: 64, onnx: 13, kind: 'integer', tensor: null },
  I64: { bits: 64, onnx: 7, kind: 'integer', tensor: 'int64' },
  F64: { bits: 64, onnx: 11, kind: 'float', tensor: null },
  F32: { bits: 32, onnx: 1, kind: 'float', tensor: 'float32' },
  F16: { bits: 16, onnx: 10, kind: 'float', tensor: 'float16' },
  BF16: { bits: 16, onnx: 16, kind: 'float', tensor: 'float32' },
  F8_E4M3: { bits: 8, onnx: 17, kind: 'float', tensor: 'float32' },
  F8_E5M2: { bits: 8, onnx: 19, kind: 'float', tensor: 'float32' },
  F8_E8M0: { bits: 8, onnx: 24, kind: 'float', tensor: 'float32' },
  F8_E4M3FNUZ: { bits: 8, onnx: 18, kind: 'float', tensor: 'float32' },
  F8_E5M2FNUZ: { bits: 8, onnx: 20, kind: 'float', tensor: 'float32' },
  F6_E2M3: { bits: 6, onnx: null, kind: 'float', tensor: null },
  F6_E3M2: { bits: 6, onnx: null, kind: 'float', tensor: null },
  F4: { bits: 4, onnx: 23, kind: 'float', tensor: null },
  C64: { bits: 64, onnx: 14, kind: 'complex', tensor: null },
}

/** True for a name of {@link DTYPES}. */
export function isWeightDType(name: string): name is WeightDType {
  return Object.hasOwn(DTYPES, name)
}

/**
 * The bytes of a tensor, or undefined when they are no whole number of bytes or the product of the shape
 * (as of the reference reader, zeros do not excuse an overflow before them) exceeds 2^53 − 1.
 */
export function byteLengthOf(dtype: WeightDType, shape: readonly number[]): number | undefined {
  let elements = 1
  for (const extent of shape) {
    elements *= extent
    if (!Number.isSafeInteger(elements)) return undefined
  }
  const bits = elements * DTYPES[dtype].bits
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined
}
