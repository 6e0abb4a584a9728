/** Writes a model as the bytes of a ModelProto. Loading the schema takes a while and 18 MB, so nothing imports this but who writes. */
import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from './generated/onnx_pb.js'
import type { OnnxModel } from './onnx-model.ts'

export function encodeModel(model: OnnxModel): Uint8Array {
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, model))
}
