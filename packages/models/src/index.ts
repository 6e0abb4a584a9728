export type {
  AutoencoderConfig,
  AutoencoderHalf,
  AutoencoderLayout,
  AutoencoderLevel,
} from './autoencoder/config.ts'
export { describeAutoencoder, detectAutoencoder } from './autoencoder/config.ts'
export type { AutoencoderSource } from './autoencoder/graph.ts'
export { buildDecoder, buildEncoder, decoderGraph, encoderGraph } from './autoencoder/graph.ts'
export { fromModelLatent, toModelLatent } from './autoencoder/latent-scale.ts'
export type { ClipConfig } from './clip/config.ts'
export { describeClip, detectClip } from './clip/config.ts'
export type { ClipOutput, ClipSource } from './clip/graph.ts'
export { buildClip, clipGraph, clipInputs } from './clip/graph.ts'
export type { FluxConfig, FluxLayout } from './flux/config.ts'
export { describeFlux, detectFlux } from './flux/config.ts'
export { buildFluxEmbed } from './flux/embed.ts'
export { buildFluxDeep, buildFluxHead, buildFluxProbe, buildFluxReuse } from './flux/graphs.ts'
export { packLatent, unpackLatent } from './flux/pack.ts'
export type { FluxSource } from './flux/part.ts'
export type { RopeTables } from './flux/rope.ts'
export { fluxIds, ropeTables } from './flux/rope.ts'
export type { FluxTransformerOptions } from './flux/transformer.ts'
export { fluxTransformer } from './flux/transformer.ts'
export { stripPrefix } from './key-prefix.ts'
export type { Lora, LoraInput, UnmatchedKeys } from './lora/create-lora-path.ts'
export { createLoraPath } from './lora/create-lora-path.ts'
export { fluxLoraTargets } from './lora/flux-targets.ts'
export type { LoraPath, LoraTarget } from './lora/lora-path.ts'
export { clipLoraTargets, t5LoraTargets } from './lora/text-targets.ts'
export { alignGraph, changeGraph } from './step-cache/arithmetic-graphs.ts'
export type { T5Config, T5Layout } from './t5/config.ts'
export { describeT5, detectT5 } from './t5/config.ts'
export type { T5Output, T5Source } from './t5/graph.ts'
export { buildT5, t5Graph, t5Inputs } from './t5/graph.ts'
export type { RowTokens } from './tokenizer/fit-length.ts'
export { fitRow, stackIds } from './tokenizer/fit-length.ts'
export { TokenizerError } from './tokenizer/json-node.ts'
export type { Tokenizer } from './tokenizer/tokenizer.ts'
export { loadTokenizer } from './tokenizer/tokenizer.ts'
export type {
  Conditions,
  Embedding,
  EmbeddingLayout,
  MatrixProduct,
  PartArithmetic,
  ProbeSignal,
  ReferenceMethod,
  References,
  Transformer,
  TransformerParts,
  TransformerSampling,
} from './transformer.ts'
export type { ModelFile, Recognised } from './recognise.ts'
export { describeKeys, describeModelFile, openModelFile, recognise } from './recognise.ts'
export type { Rows, Stored, WeightReader, WeightReaderOptions } from './weight-reader.ts'
export { flopsOf } from './transformer.ts'
export { createWeightReader } from './weight-reader.ts'
