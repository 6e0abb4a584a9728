/** Writes a setting into a node of a UI document. */
import { isJsonArray, isJsonObject } from '@dicache/protocol'
import type { JsonValue, ParamManifest, UiNode } from '@dicache/protocol'
import { widgetDefault } from './param-default.ts'
import { fullWidgets, layoutWidgets } from './widget-values.ts'

/** A copy of the node with the setting in `widgets_values`; a list that is too short is filled with defaults. */
export function setUiWidget(
  node: UiNode,
  params: readonly ParamManifest[],
  [param, value]: readonly [ParamManifest, JsonValue],
): UiNode {
  if (param.socketOnly) return node
  const values = node.widgets_values
  if (isJsonObject(values)) return { ...node, widgets_values: { ...values, [param.name]: value } }
  const list = isJsonArray(values) ? values : []
  const index = layoutWidgets(params, list).indexOf.get(param.name)
  if (index !== undefined) return { ...node, widgets_values: list.with(index, value) }

  const { indexOf } = layoutWidgets(params, list)
  const full = fullWidgets(params, (item) => {
    const at = indexOf.get(item.name)
    if (item.name === param.name) return value
    return at === undefined ? widgetDefault(item) : list[at]
  })
  return { ...node, widgets_values: full }
}
