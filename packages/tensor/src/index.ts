export type { GraphSession, GraphSource, OpenGraph } from './graph-session.ts'
export type { AxisView } from './ops/axes.ts'
export {
  axisView,
  fitBatch,
  flipAlong,
  full,
  pasteInto,
  sliceAlong,
  swapAxes,
  takeAlong,
} from './ops/axes.ts'
export type { FloatMethod } from './ops/axis-taps.ts'
export type { ByteRounding } from './ops/bytes.ts'
export { fromBytes, toBytes } from './ops/bytes.ts'
export { mapValues, mixByMask, zipValues } from './ops/combine.ts'
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
export { bislerpPlane } from './ops/bislerp.ts'
export type { Border } from './ops/filter.ts'
export { convolveAlong, spread } from './ops/filter.ts'
export { float16ToFloat32, float32ToFloat16 } from './ops/float16.ts'
export { meanAbs, meanAbsDifference } from './ops/mean-abs.ts'
export { meanSquaredError, psnr } from './ops/psnr.ts'
export type { Axis, Taps } from './ops/resample.ts'
export { resampleInto } from './ops/resample.ts'
export type { PlaneSize } from './ops/resize.ts'
export { cutToAspect, resizeAlong, resizePlane } from './ops/resize.ts'
export { roundHalfEven } from './ops/round-half-even.ts'
export { batchView, concat } from './ops/rows.ts'
export { ssim } from './ops/ssim.ts'
export { latentNoise, randn } from './random/noise.ts'
export type { TorchGenerator } from './random/torch-generator.ts'
export { createTorchGenerator } from './random/torch-generator.ts'
export type { DType, FloatTensor, NamedTensors, Tensor, TensorOf } from './tensor.ts'
export { floatTensor, sizeOf } from './tensor.ts'
