/** Names that newer editors save beside a node's list, `widgets_values_named`: whose settings they are when nobody here knows the type, or only an older one (SPEC D-24). */
import { isAfterRun, isJsonArray, isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, UiNode } from '@dicache/protocol'

/**
 * The entries of the list by the names that the file has for them, without those that only the editor has; undefined where it has none, or not as
 * many. Values are the list's: it is what the editor goes by.
 */
export function namedByFile(node: UiNode): JsonObject | undefined {
  const names = ownProperty(node as unknown as JsonObject, 'widgets_values_named')
  const values: JsonValue | undefined = node.widgets_values as JsonValue | undefined
  if (!isJsonObject(names) || !isJsonArray(values)) return undefined
  const keys = Object.keys(names)
  if (keys.length !== values.length) return undefined
  return Object.fromEntries(
    keys.flatMap((name, index): [string, JsonValue][] => {
      const value = values[index]
      return value === undefined || value === null || isOfEditor(name, value) ? [] : [[name, value]]
    }),
  )
}

function isOfEditor(name: string, value: JsonValue): boolean {
  if (name === 'control_after_generate') return true
  // A seed that was renamed may have another name for what happens to it.
  return (name === 'upload' && value === 'image') || (isAfterRun(value) && isAfterRun(name))
}
