/** A ModelProto as plain data: what a builder gathers, and what is written in the end. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js'

export type OnnxModel = MessageInitShape<typeof ModelProtoSchema>
export type OnnxTensor = MessageInitShape<typeof TensorProtoSchema>
export type OnnxAttribute = MessageInitShape<typeof AttributeProtoSchema>
export type OnnxValueInfo = MessageInitShape<typeof ValueInfoProtoSchema>

/** A node; names of inputs that are left out are empty. */
export type OnnxNode = {
  readonly opType: string
  readonly domain: string
  readonly name: string
  readonly input: string[]
  readonly output: string[]
  readonly attribute: OnnxAttribute[]
}

/** The numbers of `AttributeProto.AttributeType` that are used. */
export const AttributeKind = { float: 1, int: 2, string: 3, ints: 7 } as const
/** The number of `TensorProto.DataLocation` for bytes in a file of their own. */
export const DataLocation = { external: 1 } as const
