/** What a run gave, for those who know it only as `unknown`. */
import { readReport } from '@dicache/nodes-diffusion/charts'
import { type FloatTensor, sizeOf } from '@dicache/tensor'
import { isRecord } from '../json.ts'

/** The value of an IMAGE output: float32 [B, H, W, C]. @throws RangeError for anything else. */
export function pictureOf(value: unknown): FloatTensor {
  if (isRecord(value) && value['dtype'] === 'float32') {
    const { shape, data } = value
    if (
      Array.isArray(shape) &&
      shape.length === 4 &&
      shape.every((extent): extent is number => Number.isInteger(extent)) &&
      data instanceof Float32Array &&
      data.length === sizeOf(shape)
    )
      return { dtype: 'float32', shape, data }
  }
  throw new RangeError('this is no picture: float32 [B, H, W, C]')
}

/** What a sampling report's policy is called: `DiCache`. @throws RangeError when it is no report of a sampler. */
export function policyNameOf(report: unknown): string {
  return readReport(report).policy.name
}
