/** Reads and sets a node's settings in the list or object in which files keep them. */
import {
  changeWidget,
  fullWidgets,
  isAfterRun,
  isJsonArray,
  jsonInteger,
  JsonFloat,
  layoutWidgets,
  ownProperty,
} from '@dicache/protocol'
import type { AfterRun, JsonValue, NodeManifest, ParamManifest } from '@dicache/protocol'
import { choicesOf } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import type { GraphNode, WidgetValues } from './document.ts'

/** A setting's value in a new node; null where the manifest has none. */
export function defaultValue(catalog: Catalog, param: ParamManifest): JsonValue {
  switch (param.kind) {
    case 'seed':
      return jsonInteger(BigInt(param.default))
    case 'int':
    case 'float':
      return param.default ?? param.min ?? 0
    case 'text':
      return param.default ?? ''
    case 'boolean':
      return param.default ?? false
    case 'choice':
      return param.default ?? choicesOf(catalog, param)[0] ?? ''
  }
}

/** The list of a new node. */
export function defaultWidgets(catalog: Catalog, manifest: NodeManifest): readonly JsonValue[] {
  return fullWidgets(manifest.params, (param) => defaultValue(catalog, param))
}

const CONTROL = 'control:'

/** The name under which what happens to a setting after a run is read and set. */
export function controlName(param: string): string {
  return CONTROL + param
}

/** A setting's saved value, or that of its control; undefined where the file has none. */
export function widgetValue(node: GraphNode, manifest: NodeManifest, name: string): JsonValue | undefined {
  if (!isJsonArray(node.widgets)) return ownProperty(node.widgets, name)
  const { indexOf, controlOf } = layoutWidgets(manifest.params, node.widgets)
  const index = name.startsWith(CONTROL) ? controlOf.get(name.slice(CONTROL.length)) : indexOf.get(name)
  const value = index === undefined ? undefined : node.widgets[index]
  return value ?? undefined
}

/** The settings with one changed; what the file lacks is filled with defaults. */
export function setWidget(
  node: GraphNode,
  manifest: NodeManifest,
  change: { readonly name: string; readonly value: JsonValue; readonly catalog: Catalog },
): WidgetValues {
  const { name, value, catalog } = change
  if (!isJsonArray(node.widgets)) return { ...node.widgets, [name]: value }
  const isControl = name.startsWith(CONTROL)
  return changeWidget(manifest.params, node.widgets, {
    name: isControl ? name.slice(CONTROL.length) : name,
    part: isControl ? 'control' : 'value',
    value,
    defaultOf: (param) => defaultValue(catalog, param),
  })
}

/** A seed's control. Old files have a boolean. */
export function afterRun(node: GraphNode, manifest: NodeManifest, param: string): AfterRun {
  const value = widgetValue(node, manifest, controlName(param))
  if (value === true) return 'randomize'
  return isAfterRun(value) ? value : 'fixed'
}

/** A number for showing; seeds may be beyond what a `number` holds. */
export function numeric(value: JsonValue | undefined): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof JsonFloat ? value.value : undefined
}

/** A value as a short line of text. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (value instanceof JsonFloat) return value.source
  return typeof value === 'object'
    ? JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
    : String(value)
}
