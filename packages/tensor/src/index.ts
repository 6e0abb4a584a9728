export type { GraphSession, GraphSource, OpenGraph } from './graph-session.ts'
export type { ByteRounding } from './ops/bytes.ts'
export { fromBytes, toBytes } from './ops/bytes.ts'
export type { Term } from './ops/elementwise.ts'
export {
  add,
  addInto,
  axpy,
  axpyInto,
  clamp,
  lerp,
  scale,
  scaleInto,
  subtract,
  weightedSum,
} from './ops/elementwise.ts'
export { float16ToFloat32, float32ToFloat16 } from './ops/float16.ts'
export { meanAbs, meanAbsDifference } from './ops/mean-abs.ts'
export { meanSquaredError, psnr } from './ops/psnr.ts'
export { batchView, concat } from './ops/rows.ts'
export { ssim } from './ops/ssim.ts'
export { latentNoise, randn } from './random/noise.ts'
export type { TorchGenerator } from './random/torch-generator.ts'
export { createTorchGenerator } from './random/torch-generator.ts'
export type { DType, FloatTensor, NamedTensors, Tensor, TensorOf } from './tensor.ts'
export { floatTensor, sizeOf } from './tensor.ts'
