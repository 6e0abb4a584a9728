/** Reads and sets a node's settings in the list or object in which files keep them. */
import { isJsonArray, jsonInteger, JsonFloat, ownProperty } from '@dicache/protocol'
import type { JsonValue, NodeManifest, ParamManifest } from '@dicache/protocol'
import { choicesOf } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import type { GraphNode, WidgetValues } from './document.ts'

/** What happens to a seed after a run is queued. */
export type AfterRun = 'fixed' | 'increment' | 'decrement' | 'randomize'
export const AFTER_RUN: readonly AfterRun[] = ['fixed', 'increment', 'decrement', 'randomize']

/** Indices in `widgets_values` by setting; a seed's control is at `control:NAME`. */
export function layoutWidgets(
  params: readonly ParamManifest[],
  values: readonly JsonValue[],
): ReadonlyMap<string, number> {
  const widgets = params.filter(({ socketOnly }) => !socketOnly)
  const indexOf = new Map<string, number>()
  let at = 0
  for (const [place, param] of widgets.entries()) {
    indexOf.set(param.name, at++)
    const next = values[at]
    const left = widgets.length - place - 1
    if (param.kind === 'seed') {
      const spare = values.length - at > left
      const own = AFTER_RUN.some((word) => word === next) || (typeof next === 'boolean' && spare)
      if (own || at >= values.length) indexOf.set(`control:${param.name}`, at++)
    }
    if (param.kind === 'choice' && param.upload !== undefined) {
      if (next === 'image' || next === param.upload || at >= values.length) at++
    }
  }
  return indexOf
}

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
  return manifest.params
    .filter(({ socketOnly }) => !socketOnly)
    .flatMap((param): JsonValue[] => {
      const value = defaultValue(catalog, param)
      if (param.kind === 'seed') return [value, 'fixed']
      return param.kind === 'choice' && param.upload !== undefined ? [value, 'image'] : [value]
    })
}

/** A setting's saved value; undefined where the file has none. */
export function widgetValue(node: GraphNode, manifest: NodeManifest, name: string): JsonValue | undefined {
  if (!isJsonArray(node.widgets)) return ownProperty(node.widgets, name)
  const index = layoutWidgets(manifest.params, node.widgets).get(name)
  const value = index === undefined ? undefined : node.widgets[index]
  return value ?? undefined
}

/** The settings with one changed; what lies before it is filled with defaults. */
export function setWidget(
  node: GraphNode,
  manifest: NodeManifest,
  change: { readonly name: string; readonly value: JsonValue; readonly catalog: Catalog },
): WidgetValues {
  if (!isJsonArray(node.widgets)) return { ...node.widgets, [change.name]: change.value }
  const defaults = defaultWidgets(change.catalog, manifest)
  const values = node.widgets.length === 0 ? [...defaults] : [...node.widgets]
  const index = layoutWidgets(manifest.params, values).get(change.name)
  if (index === undefined) return values
  while (values.length < index) values.push(defaults[values.length] ?? null)
  values[index] = change.value
  return values
}

/** A seed's control. Old files have a boolean. */
export function afterRun(node: GraphNode, manifest: NodeManifest, param: string): AfterRun {
  const value = widgetValue(node, manifest, `control:${param}`)
  if (value === true) return 'randomize'
  return AFTER_RUN.find((word) => word === value) ?? 'fixed'
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
