/** Tensors of this project to ONNX Runtime's and back. Data is shared, never copied. */
import { Tensor as OrtTensor } from 'onnxruntime-node'
import type { NamedTensors, Tensor } from '@dicache/tensor'
import { RuntimeError } from './runtime-error.ts'

export function toOrt(tensor: Tensor): OrtTensor {
  return new OrtTensor(tensor.dtype, tensor.data, tensor.shape)
}

export function toOrtAll(tensors: NamedTensors): Record<string, OrtTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toOrt(tensor)]))
}

export function fromOrt(name: string, value: OrtTensor): Tensor {
  const { data, dims: shape } = value
  switch (value.type) {
    case 'float32':
      if (data instanceof Float32Array) return { dtype: 'float32', shape, data }
      break
    case 'float16':
      if (data instanceof Uint16Array) return { dtype: 'float16', shape, data }
      break
    case 'int32':
      if (data instanceof Int32Array) return { dtype: 'int32', shape, data }
      break
    case 'int64':
      if (data instanceof BigInt64Array) return { dtype: 'int64', shape, data }
      break
    case 'uint8':
      if (data instanceof Uint8Array) return { dtype: 'uint8', shape, data }
      break
    case 'bool':
      if (data instanceof Uint8Array) return { dtype: 'bool', shape, data }
      break
    default:
  }
  throw new RuntimeError(
    'GRAPH_RUN_FAILED',
    `output ${name} has the type ${value.type}, which does not cross to JavaScript`,
  )
}
