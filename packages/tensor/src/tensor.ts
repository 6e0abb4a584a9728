/** Tensors as every room sees them: plain data, row-major, no methods and no device. */

/** Element types that cross between rooms. float16 and bfloat16 are raw bit patterns. */
export type DType = 'float32' | 'float16' | 'int32' | 'int64' | 'uint8' | 'bool'

type DataOf = {
  readonly float32: Float32Array
  readonly float16: Uint16Array
  readonly int32: Int32Array
  readonly int64: BigInt64Array
  readonly uint8: Uint8Array
  readonly bool: Uint8Array
}

/** A dense row-major tensor of one element type; `data.length` is the product of `shape`. */
export type TensorOf<D extends DType> = {
  readonly dtype: D
  readonly shape: readonly number[]
  readonly data: DataOf[D]
}

/** Any tensor, discriminated by `dtype`. */
export type Tensor = { [D in DType]: TensorOf<D> }[DType]

/** The tensor of all host arithmetic: latents, noise, images, hidden states. */
export type FloatTensor = TensorOf<'float32'>

/** Tensors by name: what goes into a graph and what comes out. */
export type NamedTensors = Readonly<Record<string, Tensor>>

/** The number of elements of a shape; 1 for a scalar (`[]`). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/**
 * Makes a float32 tensor from data that the caller gives away.
 * @throws RangeError when the data's length is not the product of the shape.
 */
export function floatTensor(
  shape: readonly number[],
  data: Float32Array = new Float32Array(sizeOf(shape)),
): FloatTensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`tensor: ${data.length} values do not fill the shape [${shape.join(', ')}]`)
  }
  return { dtype: 'float32', shape, data }
}
