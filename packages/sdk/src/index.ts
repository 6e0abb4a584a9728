export { HostError, isJsonObject, stringifyJson } from '@dicache/protocol'
export type {
  EncodedImage,
  ErrorCode,
  JsonObject,
  JsonValue,
  NodeManifest,
  PackManifest,
  SavedFile,
} from '@dicache/protocol'
export { defineNode } from './define-node.ts'
export type {
  Fingerprint,
  HiddenValues,
  HookContext,
  LazyContext,
  NodeContext,
  NodeDefinition,
  NodeMigration,
  NodeMigrations,
  NodeReturn,
  NodeSpec,
  Params,
  Ports,
  RunningNode,
  ValidateContext,
  ValidationIssue,
} from './node-spec.ts'
export { definePack } from './define-pack.ts'
export type { Pack } from './define-pack.ts'
export type { FileToSave, HostServices, ModelEntry, Reporter, Resource } from './host-services.ts'
export { NodeLink } from './node-link.ts'
export { Blocker, block, Expansion, expand, linkTo } from './node-result.ts'
export type { ExpansionNode, UiOutput } from './node-result.ts'
export { param } from './param.ts'
export type { Param, ParamValue } from './param.ts'
export { port } from './port.ts'
export type { Port, PortOptions, PortValue } from './port.ts'
export type {
  ConditioningEntry,
  ConditioningValue,
  ImageValue,
  LatentValue,
  MaskValue,
  ReportValue,
  SigmasValue,
} from './values.ts'
