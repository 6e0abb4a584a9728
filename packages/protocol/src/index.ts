export { errorClass, errorCodes, isErrorCode } from './error-catalogue.ts'
export type { ErrorClass, ErrorCode } from './error-catalogue.ts'
export type { EncodedImage, FileKind, SavedFile } from './files.ts'
export { HostError, toHostError } from './host-error.ts'
export type { ErrorPlace, ErrorReport } from './host-error.ts'
export { isJsonArray, isJsonObject, JsonFloat, jsonInteger, ownProperty } from './json-value.ts'
export type { JsonObject, JsonScalar, JsonValue } from './json-value.ts'
export { ANY_TYPE, MAX_SEED, paramType } from './manifest.ts'
export type {
  BooleanParam,
  ChoiceParam,
  FloatParam,
  IntParam,
  NodeManifest,
  PackManifest,
  ParamManifest,
  PortManifest,
  SeedParam,
  TextParam,
} from './manifest.ts'
export { paramsSchema } from './params-schema.ts'
export type { ParamConstant, ParamConstants } from './params-schema.ts'
export { keysOf } from './key-order.ts'
export { parseJson } from './parse-json.ts'
export type { ParseJsonOptions } from './parse-json.ts'
export { parseWorkflow, parseWorkflowText } from './parse-workflow.ts'
export type { Parsed, Problem } from './problem.ts'
export { indentOf, stringifyJson } from './stringify-json.ts'
export { RunEvent } from './run-event.ts'
export type { SkipReason, UiData } from './run-event.ts'
export { createSchema } from './schema.ts'
export type { Fault, Schema } from './schema.ts'
export { ApiDocument, UiDocument, UiSubgraph } from './workflow-document.ts'
export type {
  ApiNode,
  UiInput,
  UiLevel,
  UiNode,
  UiOutputSlot,
  UiSubgraphSlot,
  Workflow,
} from './workflow-document.ts'
export { bytesSource } from './pictures/byte-source.ts'
export type { ByteSource } from './pictures/byte-source.ts'
export { pictureKind, readPictureTexts } from './pictures/picture-texts.ts'
export type { PictureKind } from './pictures/picture-texts.ts'
export { readPictureWorkflow } from './pictures/picture-workflow.ts'
export type { Acknowledge, Answer } from './wire/answer.ts'
export { HistoryRequest, MoveRequest, RunRequest, SubmitRequest, SubscribeRequest } from './wire/requests.ts'
export type {
  NodeTiming,
  QueueChange,
  QueueSnapshot,
  RunModel,
  RunOutput,
  RunRecord,
  RunSeed,
  RunStatus,
  RunSummary,
  RunVersions,
} from './wire/runs.ts'
export type {
  CancelOutcome,
  ClientToServerEvents,
  EventBatch,
  NodeList,
  PreviewInfo,
  ServerToClientEvents,
  Submitted,
} from './wire/socket-events.ts'
export {
  AFTER_RUN,
  changeWidget,
  fullWidgets,
  hasControl,
  isAfterRun,
  layoutWidgets,
} from './widget-values.ts'
export type { AfterRun, WidgetChange, WidgetLayout } from './widget-values.ts'
