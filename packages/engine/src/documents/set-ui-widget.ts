/** Writes a setting into a node of a UI document. */
import { changeWidget, isJsonObject } from '@dicache/protocol'
import type { JsonValue, ParamManifest, UiNode } from '@dicache/protocol'
import { listOf } from './list-of.ts'
import { widgetDefault } from './param-default.ts'

/** A copy of the node with the setting in `widgets_values`; a list that is too short is filled with defaults. */
export function setUiWidget(
  node: UiNode,
  params: readonly ParamManifest[],
  [param, value]: readonly [ParamManifest, JsonValue],
): UiNode {
  if (param.socketOnly) return node
  const values = node.widgets_values
  if (isJsonObject(values)) return { ...node, widgets_values: { ...values, [param.name]: value } }
  const change = { name: param.name, part: 'value', value, defaultOf: widgetDefault } as const
  return { ...node, widgets_values: changeWidget(params, listOf(values), change) }
}
