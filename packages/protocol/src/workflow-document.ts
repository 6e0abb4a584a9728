/**
 * Workflow files as they lie on disk: ComfyUI's UI format (version 0.4 and 1) and its API format.
 * The schemas ask only for what the engine reads; every other field stays where it is.
 */
import { isJsonObject } from './json-value.ts'
import type { JsonObject, JsonValue } from './json-value.ts'
import { createSchema } from './schema.ts'
import type { Schema } from './schema.ts'

/** A socket of a node in the UI format. `widget` marks a parameter that is shown as a socket. */
export type UiInput = {
  readonly name: string
  readonly type?: JsonValue
  readonly link?: number | string | null
  readonly widget?: { readonly name?: string } | null
}

/** An output socket in the UI format. */
export type UiOutputSlot = {
  readonly name?: string
  readonly type?: JsonValue
  readonly links?: readonly (number | string)[] | null
}

/** A node in the UI format. `mode`: 0 runs, 2 is muted, 4 is bypassed. */
export type UiNode = {
  readonly id: number | string
  readonly type: string
  readonly mode?: number | null
  readonly title?: string | null
  readonly inputs?: readonly UiInput[] | null
  readonly outputs?: readonly UiOutputSlot[] | null
  readonly widgets_values?: readonly JsonValue[] | JsonObject | null
  readonly properties?: JsonObject | null
}

/** Nodes and links: a whole document, or the inside of a subgraph. */
export type UiLevel = {
  readonly nodes: readonly UiNode[]
  /** `[id, fromNode, fromSlot, toNode, toSlot, type]`, or objects in version 1; null entries occur. */
  readonly links?: readonly JsonValue[] | null
}

/** An input or output of a subgraph. */
export type UiSubgraphSlot = { readonly name?: string | null; readonly type?: JsonValue }

/**
 * A subgraph: what the nodes whose type is its id stand for. Its links begin at the node -10, whose outputs are the
 * subgraph's inputs, and end at the node -20.
 */
export type UiSubgraph = UiLevel & {
  readonly id: string
  readonly name?: string | null
  readonly inputs?: readonly UiSubgraphSlot[] | null
  readonly outputs?: readonly UiSubgraphSlot[] | null
  readonly definitions?: { readonly subgraphs?: readonly JsonValue[] } | null
}

/** A workflow in the UI format. */
export type UiDocument = UiLevel & {
  readonly version?: JsonValue
  readonly extra?: JsonObject | null
  readonly definitions?: { readonly subgraphs?: readonly JsonValue[] } | null
}

/** A node in the API format. An input is a constant, or a link `[nodeId, slot]`. */
export type ApiNode = {
  readonly class_type: string
  readonly inputs: JsonObject
  readonly _meta?: { readonly title?: string }
}

/** A workflow in the API format: nodes by id. */
export type ApiDocument = { readonly [nodeId: string]: ApiNode }

const id = { type: ['integer', 'string'] } as const
const object = { type: 'object' } as const
const nullable = <S extends object>(schema: S) => ({ ...schema, nullable: true }) as const

const uiNode = {
  type: 'object',
  required: ['id', 'type'],
  properties: {
    id,
    type: { type: 'string' },
    mode: { type: ['integer', 'null'] },
    title: { type: ['string', 'null'] },
    inputs: nullable({
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          link: { type: ['integer', 'string', 'null'] },
          widget: nullable({ type: 'object', properties: { name: { type: 'string' } } }),
        },
      },
    }),
    outputs: nullable({
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, links: nullable({ type: 'array', items: id }) },
      },
    }),
    widgets_values: { type: ['array', 'object', 'null'] },
    properties: nullable(object),
  },
}
const level = { nodes: { type: 'array', items: uiNode }, links: { type: ['array', 'null'] } }
const definitions = nullable({ type: 'object', properties: { subgraphs: { type: 'array' } } })
const slots = nullable({
  type: 'array',
  items: { type: 'object', properties: { name: { type: ['string', 'null'] } } },
})

/** @see {@link UiDocument} */
export const UiDocument: Schema<UiDocument> = createSchema<UiDocument>(
  'workflow',
  {
    type: 'object',
    required: ['nodes'],
    properties: { ...level, extra: nullable(object), definitions },
  },
  () => 'NOT_A_WORKFLOW',
)

/** @see {@link UiSubgraph} */
export const UiSubgraph: Schema<UiSubgraph> = createSchema<UiSubgraph>(
  'subgraph',
  {
    type: 'object',
    required: ['id', 'nodes'],
    properties: {
      ...level,
      id: { type: 'string' },
      name: { type: ['string', 'null'] },
      inputs: slots,
      outputs: slots,
      definitions,
    },
  },
  () => 'NOT_A_WORKFLOW',
)

/** @see {@link ApiDocument} */
export const ApiDocument: Schema<ApiDocument> = createSchema<ApiDocument>(
  'prompt',
  {
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['class_type', 'inputs'],
      properties: {
        class_type: { type: 'string' },
        inputs: object,
        _meta: { type: 'object', properties: { title: { type: 'string' } } },
      },
    },
  },
  (fault) => (fault.params['missingProperty'] === 'class_type' ? 'NODE_WITHOUT_TYPE' : 'NOT_A_WORKFLOW'),
)

/** A workflow, and which of the two formats it is in. */
export type Workflow =
  | { readonly format: 'ui'; readonly document: UiDocument }
  | { readonly format: 'api'; readonly document: ApiDocument }

/** Whether a JSON value is meant to be a UI document: only that has a list of nodes. */
export function looksLikeUi(value: unknown): boolean {
  return isJsonObject(value) && Array.isArray(value['nodes'])
}
