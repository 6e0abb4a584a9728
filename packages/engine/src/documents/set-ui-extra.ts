/** Changes the named values of a UI document (`extra.dicache.values`), and keeps them in step with its widgets. */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, UiDocument, UiNode } from '@dicache/protocol'
import { widgetsMark } from './dicache-extra.ts'

type Key = readonly [nodeId: string, name: string]

/** A copy of the document in which a setting has a value by name. */
export function nameSetting(document: UiDocument, [nodeId, name]: Key, value: JsonValue): UiDocument {
  return changeExtra(document, (dicache) => {
    const values = objectAt(dicache, 'values')
    return {
      ...withoutUnset(dicache, [nodeId, name]),
      values: { ...values, [nodeId]: { ...objectAt(values, nodeId), [name]: value } },
    }
  })
}

/** What a change of a widget was. */
type WidgetChange = {
  readonly value: JsonValue
  readonly widgets: { readonly before: UiNode['widgets_values']; readonly after: UiNode['widgets_values'] }
}

/**
 * After a widget was changed: a named value of it must change too, because it wins over the widget's, and the mark of
 * the node's widgets as well. Names that were out of date already are dropped.
 */
export function keepNamesInStep(
  document: UiDocument,
  [nodeId, name]: Key,
  { value, widgets }: WidgetChange,
): UiDocument {
  const dicache = objectAt(document.extra ?? {}, 'dicache')
  const values = objectAt(dicache, 'values')
  const marks = objectAt(dicache, 'widgets')
  const mark = ownProperty(marks, nodeId)
  const own = ownProperty(values, nodeId)
  const unset = withoutUnset(dicache, [nodeId, name])
  if (own === undefined && mark === undefined && unset === dicache) return document
  if (mark !== undefined && mark !== widgetsMark(asJson(widgets.before))) {
    return changeExtra(document, () => ({
      ...unset,
      values: without(values, nodeId),
      widgets: without(marks, nodeId),
    }))
  }
  const changed = isJsonObject(own) && Object.hasOwn(own, name) ? { ...own, [name]: value } : own
  return changeExtra(document, () => ({
    ...unset,
    ...(changed !== undefined && { values: { ...values, [nodeId]: changed } }),
    ...(mark !== undefined && { widgets: { ...marks, [nodeId]: widgetsMark(asJson(widgets.after)) } }),
  }))
}

/** A setting that is given a value is no longer unset. */
function withoutUnset(dicache: JsonObject, [nodeId, name]: Key): JsonObject {
  const unset = objectAt(dicache, 'unset')
  const names = ownProperty(unset, nodeId)
  if (!isJsonArray(names) || !names.includes(name)) return dicache
  return { ...dicache, unset: { ...unset, [nodeId]: names.filter((item) => item !== name) } }
}

function changeExtra(document: UiDocument, change: (dicache: JsonObject) => JsonObject): UiDocument {
  const extra = document.extra ?? {}
  return { ...document, extra: { ...extra, dicache: change(objectAt(extra, 'dicache')) } }
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

function asJson(values: UiNode['widgets_values']): JsonValue | undefined {
  return (values ?? undefined) as JsonValue | undefined
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = ownProperty(object, key)
  return isJsonObject(value) ? value : {}
}
