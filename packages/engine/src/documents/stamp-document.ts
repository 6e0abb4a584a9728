/** Writes into a document what only this program knows of it, so that it can be read right later (SPEC D-9, D-15 … D-17). */
import { isJsonObject, jsonInteger, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue, UiDocument, UiNode } from '@dicache/protocol'
import type { Graph } from '../graph.ts'
import type { Registry } from '../registry.ts'
import { dicacheExtra, widgetsMark } from './dicache-extra.ts'
import type { ModelRecord } from './dicache-extra.ts'
import { migrateDocument } from './migrate-document.ts'
import { shapesOf } from './shapes-of.ts'
import { nodeSettings } from './node-settings.ts'
import { openScopes } from './scopes.ts'
import type { Scope } from './scopes.ts'

/** What a run knows besides the document. */
export type RunFacts = {
  /** The graph that runs, checked: its seeds are the ones that are used. */
  readonly graph?: Graph
  /** Weight files by `folder/name`. */
  readonly models?: ReadonlyMap<string, ModelRecord>
}

/**
 * A copy of the document with `extra.dicache` filled in: the settings of installed nodes by name, with a mark of the
 * `widgets_values` that they belong to; versions of node types and packs; seeds and weight files of the run. The rest
 * of the document, and what else is in `extra.dicache`, stays as it is.
 */
export function stampDocument(given: UiDocument, registry: Registry, facts: RunFacts = {}): UiDocument {
  const shapes = shapesOf(registry)
  const { document } = migrateDocument(given, shapes)
  const extra = dicacheExtra(document)
  const values = new Map<string, JsonValue>(extra.values)
  const widgets = new Map<string, JsonValue>(extra.widgets)
  const types = new Map<string, JsonValue>(extra.types)
  const packs = new Map<string, JsonValue>(extra.packs)
  for (const scope of openScopes(document, shapes, extra).scopes) {
    for (const [id, { node }] of scope.level.nodes) {
      const type = registry.get(node.type)
      if (type === undefined) continue
      types.set(node.type, Math.max(extra.types.get(node.type) ?? 1, type.manifest.version))
      packs.set(type.pack, type.packVersion)
      const key = keyOf(scope, id)
      if (key === undefined) continue
      const own = ownSettings(node, { scope, shape: type.manifest, extra })
      if (Object.keys(own).length === 0) continue
      values.set(key, own)
      widgets.set(key, widgetsMark(asJson(node.widgets_values)))
    }
  }
  const before = ownProperty(document.extra ?? {}, 'dicache')
  const seeds = seedsOf(facts.graph, registry)
  const dicache: JsonObject = {
    ...(isJsonObject(before) && before),
    ...group('values', values),
    ...group('widgets', widgets),
    ...group('types', types),
    ...group('packs', packs),
    ...(facts.graph && group('seeds', seeds)),
    ...group('models', new Map<string, JsonValue>([...extra.models, ...(facts.models ?? [])])),
  }
  return { ...document, extra: { ...document.extra, dicache } }
}

/** Where the names of a node's own list stand; undefined for the inside of an old group, whose list is its instance's. */
function keyOf({ outside }: Scope, id: string): string | undefined {
  if (outside === undefined) return id
  return outside.subgraph.hasValuesInside ? undefined : `${outside.subgraph.id}/${id}`
}

/** The settings of a node alone: what an instance says of its inner nodes is the instance's. */
function ownSettings(node: UiNode, around: Parameters<typeof nodeSettings>[1]): JsonObject {
  const { scope } = around
  const alone =
    scope.outside === undefined ? scope : { ...scope, outside: { ...scope.outside, overrides: new Map() } }
  const { settings, explicit } = nodeSettings(node, { ...around, scope: alone })
  return Object.fromEntries(settings.flatMap(([name, value]) => (explicit.has(name) ? [] : [[name, value]])))
}

function seedsOf(graph: Graph | undefined, registry: Registry): ReadonlyMap<string, JsonValue> {
  const seeds = new Map<string, JsonValue>()
  for (const [id, { type, inputs }] of graph?.nodes ?? []) {
    const found = (registry.get(type)?.manifest.params ?? []).flatMap(
      ({ kind, name }): [string, JsonValue][] => {
        const input = kind === 'seed' ? inputs.get(name) : undefined
        if (input?.kind !== 'value') return []
        return [[name, typeof input.value === 'bigint' ? jsonInteger(input.value) : input.value]]
      },
    )
    if (found.length > 0) seeds.set(id, Object.fromEntries(found))
  }
  return seeds
}

function group(name: string, entries: ReadonlyMap<string, JsonValue>): JsonObject {
  return entries.size === 0 ? {} : { [name]: Object.fromEntries(entries) }
}

function asJson(values: UiNode['widgets_values']): JsonValue | undefined {
  return (values ?? undefined) as JsonValue | undefined
}
