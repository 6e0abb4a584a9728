/** What this project adds to a document, below `extra.dicache`; ComfyUI ignores it and keeps it (SPEC D-9, D-15 … D-17). */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, UiDocument } from '@dicache/protocol'
import { createHasher } from '../planning/sha256.ts'

/** A weight file that a run used. */
export type ModelRecord = { readonly sha256: string; readonly sizeBytes?: number }

/** The additions. What is not of the expected form is not there. */
export type DicacheExtra = {
  /** Named inputs: name → `node.param`. */
  readonly inputs: ReadonlyMap<string, string>
  /**
   * Settings by name, by the node's id; inside of a subgraph by `2:5`, or for all its instances by `{subgraph}/5`.
   * They win over `widgets_values`.
   */
  readonly values: ReadonlyMap<string, JsonObject>
  /** Marks of the `widgets_values` that named values belong to (`widgetsMark`). */
  readonly widgets: ReadonlyMap<string, string>
  /** Settings that a node does not have at all, not even by default. */
  readonly unset: ReadonlyMap<string, readonly JsonValue[]>
  /** Versions of node types when the document was saved. */
  readonly types: ReadonlyMap<string, number>
  /** Versions of packs by name. */
  readonly packs: ReadonlyMap<string, string>
  /** The seeds that a run used, by node and setting. */
  readonly seeds: ReadonlyMap<string, JsonObject>
  /** The weight files that a run used, by `folder/name`. */
  readonly models: ReadonlyMap<string, ModelRecord>
}

/** Reads `extra.dicache`. */
export function dicacheExtra(document: UiDocument): DicacheExtra {
  const own = objectAt(document.extra ?? null, 'dicache')
  const isText = (value: JsonValue): value is string => typeof value === 'string'
  return {
    inputs: entriesOf(own, 'inputs', isText),
    values: entriesOf(own, 'values', isJsonObject),
    widgets: entriesOf(own, 'widgets', isText),
    unset: entriesOf(own, 'unset', isJsonArray),
    types: entriesOf(own, 'types', isVersion),
    packs: entriesOf(own, 'packs', isText),
    seeds: entriesOf(own, 'seeds', isJsonObject),
    models: new Map(
      [...entriesOf(own, 'models', isJsonObject)].flatMap(([name, record]) => {
        const read = modelRecord(record)
        return read === undefined ? [] : [[name, read]]
      }),
    ),
  }
}

/**
 * A mark of a node's `widgets_values`. Another program that changes them does not know of their names; where the mark
 * no longer fits, the names are out of date and do not count. Numbers count by their value: 5 and 5.0 are the same.
 */
export function widgetsMark(values: JsonValue | undefined): string {
  return createHasher()(plainText(values ?? null)).slice(0, 16)
}

/** JSON in which numbers count by their value: 5 and 5.0 are the same. */
export function plainText(value: JsonValue | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, byValue)
}

function byValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value // a JsonFloat has given its value already
}

/** Named values that still fit the node's `widgets_values`. */
export function namedValues(
  { values, widgets }: DicacheExtra,
  key: string,
  saved: JsonValue | undefined,
): JsonObject | undefined {
  const mark = widgets.get(key)
  return mark === undefined || mark === widgetsMark(saved) ? values.get(key) : undefined
}

function modelRecord(record: JsonObject): ModelRecord | undefined {
  const sha256 = ownProperty(record, 'sha256')
  const sizeBytes = ownProperty(record, 'sizeBytes')
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined
  return { sha256, ...(typeof sizeBytes === 'number' && { sizeBytes }) }
}

const isVersion = (value: JsonValue): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1

function objectAt(value: JsonValue | undefined, key: string): JsonObject | undefined {
  const inner = isJsonObject(value) ? ownProperty(value, key) : undefined
  return isJsonObject(inner) ? inner : undefined
}

function entriesOf<T extends JsonValue>(
  own: JsonObject | undefined,
  key: string,
  is: (value: JsonValue) => value is T,
): ReadonlyMap<string, T> {
  const entries = Object.entries(objectAt(own, key) ?? {})
  return new Map(entries.flatMap(([name, value]): [string, T][] => (is(value) ? [[name, value]] : [])))
}
