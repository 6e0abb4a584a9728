/** What this project adds to a document, below `extra.dicache`; ComfyUI ignores it. */
import { isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, UiDocument } from '@dicache/protocol'

/** The additions that the compiler reads. What is not of the expected form is not there. */
export type DicacheExtra = {
  /** Named inputs: name → `node.param`. */
  readonly inputs: ReadonlyMap<string, string>
  /** Settings by node id and name; they win over `widgets_values`. */
  readonly values: ReadonlyMap<string, JsonObject>
}

/** Reads `extra.dicache`. */
export function dicacheExtra(document: UiDocument): DicacheExtra {
  const own = objectAt(document.extra ?? null, 'dicache')
  return {
    inputs: entriesOf(objectAt(own, 'inputs'), (value) => typeof value === 'string'),
    values: entriesOf(objectAt(own, 'values'), isJsonObject),
  }
}

function objectAt(value: JsonValue | undefined, key: string): JsonObject | undefined {
  const inner = isJsonObject(value) ? ownProperty(value, key) : undefined
  return isJsonObject(inner) ? inner : undefined
}

function entriesOf<T extends JsonValue>(
  object: JsonObject | undefined,
  is: (value: JsonValue) => value is T,
): ReadonlyMap<string, T> {
  const entries = Object.entries(object ?? {})
  return new Map(entries.flatMap(([key, value]): [string, T][] => (is(value) ? [[key, value]] : [])))
}
