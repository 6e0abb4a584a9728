/** What a UI document says about the settings of a node: by name, by place in its list, or by default (SPEC D-4, D-9). */
import { isJsonArray, isJsonObject, layoutWidgets, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, ParamManifest, UiNode } from '@dicache/protocol'
import { pointerStep } from '../graph.ts'
import { namedValues } from './dicache-extra.ts'
import { namedByFile } from './own-names.ts'
import type { DicacheExtra } from './dicache-extra.ts'
import type { NodeShape } from './node-shape.ts'
import { widgetDefault } from './param-default.ts'
import type { Scope } from './scopes.ts'
import { listOf } from './list-of.ts'

/** A setting, its value and the JSON pointer of its place in the node. */
export type Setting = readonly [name: string, value: JsonValue, at: string]

/** Settings in the order of the node's type, and entries of the list that belong to none of them. */
export type NodeSettings = {
  readonly settings: readonly Setting[]
  readonly extra: number
  /** Names whose value a document gave to this very node: they win over what is promoted. */
  readonly explicit: ReadonlySet<string>
}

/** Where a node stands, and what is known of it. */
export type NodeAround = {
  readonly scope: Scope
  readonly shape: NodeShape | undefined
  readonly extra: DicacheExtra
}

/** Reads the settings of a node. */
export function nodeSettings(node: UiNode, { scope, shape, extra }: NodeAround): NodeSettings {
  const id = scope.prefix + node.id
  const { outside } = scope
  const key = outside === undefined ? id : `${outside.subgraph.id}/${node.id}`
  const saved = (node.widgets_values ?? undefined) as JsonValue | undefined
  const stamped = namedValues(extra, key, saved)
  const given = outside === undefined ? undefined : extra.values.get(id)
  const overrides = outside?.overrides.get(String(node.id))
  const layers: readonly (JsonObject | undefined)[] = [
    given,
    overrides && Object.fromEntries(overrides),
    stamped,
  ]
  const named = layers.filter((layer) => layer !== undefined)
  const explicit = new Set(Object.keys(given ?? {}))
  const unset = new Set<JsonValue>(extra.unset.get(id) ?? [])

  const byFile = namedByFile(node)
  if (shape === undefined) {
    const byName = isJsonObject(saved) ? [...named, saved] : byFile === undefined ? named : [...named, byFile]
    return { settings: merge(byName), extra: 0, explicit }
  }
  // What a node without settings has there is what it showed.
  const left = isJsonArray(saved) && shape.params.length > 0 ? layoutWidgets(shape.params, saved).extra : 0
  // The file was saved with a newer type, and knows the names.
  if (left > 0 && byFile !== undefined)
    return { settings: complete(shape, unset, [...named, byFile], undefined), extra: 0, explicit }
  return { settings: complete(shape, unset, named, saved), extra: left, explicit }
}

/** Every setting of the type, then those that have a name in the document only. */
function complete(
  { params }: NodeShape,
  unset: ReadonlySet<JsonValue>,
  named: readonly JsonObject[],
  saved: JsonValue | undefined,
): readonly Setting[] {
  const { indexOf } = layoutWidgets(params, listOf(saved))
  const settings = params.flatMap((param): Setting[] => {
    if (unset.has(param.name)) return []
    const byName = firstOf(named, param.name)
    if (byName !== undefined) return [[param.name, byName, '/widgets_values']]
    const index = indexOf.get(param.name)
    const byPlace = index === undefined ? undefined : listOf(saved)[index]
    const value = isJsonObject(saved) ? ownProperty(saved, param.name) : byPlace
    // The editor writes null where a list was empty.
    const known = value ?? fallback(param)
    const step = isJsonObject(saved) ? pointerStep(param.name) : index === undefined ? '' : `/${index}`
    return known === undefined ? [] : [[param.name, known, `/widgets_values${step}`]]
  })
  const declared = new Set(params.map(({ name }) => name))
  return [...settings, ...merge(named).filter(([name]) => !declared.has(name))]
}

function fallback(param: ParamManifest): JsonValue | undefined {
  return param.socketOnly ? undefined : widgetDefault(param)
}

function firstOf(objects: readonly JsonObject[], name: string): JsonValue | undefined {
  for (const object of objects) {
    const value = ownProperty(object, name)
    if (value !== undefined) return value
  }
  return undefined
}

function merge(objects: readonly JsonObject[]): readonly Setting[] {
  const names = new Set(objects.flatMap((object) => Object.keys(object)))
  return [...names].flatMap((name): Setting[] => {
    const value = firstOf(objects, name)
    return value === undefined ? [] : [[name, value, '']]
  })
}
