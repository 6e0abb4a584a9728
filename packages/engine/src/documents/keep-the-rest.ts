/** Keeps what a document of the editor has no place for, so that it gives the same prompt when it is converted back. */
import { isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { ApiDocument, JsonObject, JsonValue, UiDocument } from '@dicache/protocol'
import { compileUi } from './compile-ui.ts'
import { plainText, widgetsMark } from './dicache-extra.ts'
import type { NodeShapes } from './node-shape.ts'
import { writeApi } from './to-api-document.ts'

/**
 * Converts the document back, and writes what is not the same into `extra.dicache`: constants without a widget into
 * `values`, settings that the prompt lacks into `unset`.
 */
export function keepTheRest(document: UiDocument, prompt: ApiDocument, shapes: NodeShapes): UiDocument {
  const back = writeApi(compileUi(document, shapes).graph, shapes)
  const values = new Map<string, JsonObject>()
  const unset = new Map<string, readonly string[]>()
  for (const [id, { inputs: wanted }] of Object.entries(prompt)) {
    const got = ownProperty(back as unknown as JsonObject, id)
    const inputs = isJsonObject(got) ? ownProperty(got, 'inputs') : undefined
    if (!isJsonObject(inputs)) continue
    const lost = Object.entries(wanted).filter(
      ([name, value]) => isConstant(value) && plainText(ownProperty(inputs, name)) !== plainText(value),
    )
    const added = Object.keys(inputs).filter((name) => !Object.hasOwn(wanted, name))
    if (lost.length > 0)
      values.set(id, Object.fromEntries(lost.map(([name, value]) => [name, unwrap(value)])))
    if (added.length > 0) unset.set(id, added)
  }
  const dicache: JsonObject = {
    ...(values.size > 0 && { values: Object.fromEntries(values), widgets: marksOf(document, values) }),
    ...(unset.size > 0 && { unset: Object.fromEntries(unset) }),
  }
  return Object.keys(dicache).length === 0 ? document : { ...document, extra: { ...document.extra, dicache } }
}

/** A list is a link, or meant as one. */
function isConstant(value: JsonValue): boolean {
  return !isJsonArray(value)
}

function unwrap(value: JsonValue): JsonValue {
  const inner = isJsonObject(value) ? ownProperty(value, '__value__') : undefined
  return inner === undefined || !isJsonObject(value) || Object.keys(value).length > 1 ? value : inner
}

function marksOf(document: UiDocument, values: ReadonlyMap<string, JsonObject>): JsonObject {
  return Object.fromEntries(
    document.nodes.flatMap(({ id, widgets_values: saved }) =>
      values.has(String(id)) ? [[String(id), widgetsMark(saved as JsonValue | undefined)]] : [],
    ),
  )
}
