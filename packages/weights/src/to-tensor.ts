/** Elements of a weight file as the nearest tensor type that holds every value. */
import type { Tensor } from '@dicache/tensor'
import { DTYPES, type WeightDType } from './dtypes.ts'
import { ownBuffer, toFloat32 } from './to-float32.ts'

/**
 * @param bytes whole little-endian elements; shared with the tensor where the types are the same
 * @returns undefined where no tensor type holds every value (see `DTYPES[dtype].tensor`)
 */
export function toTensor(
  dtype: WeightDType,
  shape: readonly number[],
  bytes: Uint8Array,
): Tensor | undefined {
  switch (DTYPES[dtype].tensor) {
    case 'float32': {
      const data = toFloat32(dtype, bytes)
      return data && { dtype: 'float32', shape, data }
    }
    case 'float16':
      return { dtype: 'float16', shape, data: new Uint16Array(ownBuffer(bytes)) }
    case 'int32':
      return { dtype: 'int32', shape, data: toInt32(dtype, ownBuffer(bytes)) }
    case 'int64':
      return { dtype: 'int64', shape, data: toInt64(dtype, ownBuffer(bytes)) }
    case 'uint8':
      return { dtype: 'uint8', shape, data: bytes }
    case 'bool':
      return { dtype: 'bool', shape, data: bytes.map((byte) => (byte === 0 ? 0 : 1)) }
    case null:
      return undefined
  }
}

function toInt32(dtype: WeightDType, buffer: ArrayBuffer): Int32Array {
  if (dtype === 'I8') return Int32Array.from(new Int8Array(buffer))
  if (dtype === 'I16') return Int32Array.from(new Int16Array(buffer))
  if (dtype === 'U16') return Int32Array.from(new Uint16Array(buffer))
  return new Int32Array(buffer)
}

function toInt64(dtype: WeightDType, buffer: ArrayBuffer): BigInt64Array {
  return dtype === 'U32' ? BigInt64Array.from(new Uint32Array(buffer), BigInt) : new BigInt64Array(buffer)
}
