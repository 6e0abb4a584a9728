export { byteLengthOf, DTYPES, type DTypeFacts, isWeightDType, type WeightDType } from './dtypes.ts'
export { WeightsError, type WeightsErrorCode, type WeightsErrorPlace } from './errors.ts'
export {
  type FluxModule,
  type FluxPart,
  type FluxRows,
  fluxDiffusersMap,
  fluxParams,
  partRows,
  type RowRange,
} from './flux-diffusers-map.ts'
export {
  expectShape,
  type KeyView,
  keysMissing,
  type PrefixedView,
  prefixed,
  requireKeys,
} from './key-view.ts'
export { type LoraPairs, type LoraSlice, linearShapes, readLoraPairs } from './lora-pairs.ts'
export type { LinearShape, LoraRows, LoraTargets } from './lora-targets.ts'
export { openSafetensors } from './open-safetensors.ts'
export { openWeights } from './open-weights.ts'
export { type Header, type HeaderPlace, parseHeader } from './parse-header.ts'
export { toFloat32 } from './to-float32.ts'
export type { TensorEntry, WeightFile } from './weight-file.ts'
export { encodeSafetensors, type TensorBytes, writeSafetensors } from './write-safetensors.ts'
