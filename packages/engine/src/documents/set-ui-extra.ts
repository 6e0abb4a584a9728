/** Keeps `extra.dicache.values` of a UI document in step with its widgets. */
import { isJsonObject } from '@dicache/protocol'
import type { JsonObject, JsonValue, UiDocument } from '@dicache/protocol'

/**
 * A copy of the document with the named value changed. It is added only where `needed`: for settings without a widget.
 * Where a named value is there already it must change too, because it wins over the widget's.
 */
export function setUiExtra(
  document: UiDocument,
  [nodeId, name]: readonly [nodeId: string, name: string],
  [value, needed]: readonly [value: JsonValue, needed: boolean],
): UiDocument {
  const extra = document.extra ?? {}
  const dicache = objectAt(extra, 'dicache')
  const values = objectAt(dicache, 'values')
  const own = objectAt(values, nodeId)
  if (!needed && !Object.hasOwn(own, name)) return document
  const changed = { ...dicache, values: { ...values, [nodeId]: { ...own, [name]: value } } }
  return { ...document, extra: { ...extra, dicache: changed } }
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  return isJsonObject(value) ? value : {}
}
