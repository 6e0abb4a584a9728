/** Image values 0..1 to bytes 0..255 and back, as the savers of the two ecosystems do it. */
import { type FloatTensor, floatTensor, type TensorOf } from '../tensor.ts'
import { roundHalfEven } from './round-half-even.ts'

/**
 * How a value between two bytes is decided: `truncate` is ComfyUI's, `round` (half to even) is diffusers'.
 * About half of all values differ, by one level.
 */
export type ByteRounding = 'truncate' | 'round'

/**
 * Float32 values (0..1, anything outside is clipped, NaN becomes 0) to bytes of the same shape.
 * @defaultValue rounding `truncate`
 */
export function toBytes(image: FloatTensor, rounding: ByteRounding = 'truncate'): TensorOf<'uint8'> {
  const { data } = image
  const bytes = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const level = Math.min(255, Math.max(0, 255 * data[i]!))
    bytes[i] = rounding === 'truncate' ? Math.trunc(level) : roundHalfEven(Math.fround(level))
  }
  return { dtype: 'uint8', shape: image.shape, data: bytes }
}

/** Bytes to float32 values 0..1 of the same shape: `byte / 255`. */
export function fromBytes(bytes: TensorOf<'uint8'>): FloatTensor {
  return floatTensor(
    bytes.shape,
    Float32Array.from(bytes.data, (byte) => byte / 255),
  )
}
