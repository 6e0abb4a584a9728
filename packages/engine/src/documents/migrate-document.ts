/**
 * Brings the nodes of a document that were saved with older versions of their types to the present ones (SPEC D-16).
 * What comes after (settings, compiling, saving) knows present versions only.
 */
import {
  fullWidgets,
  isJsonArray,
  isJsonObject,
  layoutWidgets,
  ownProperty,
  UiSubgraph,
} from '@dicache/protocol'
import type { JsonObject, JsonValue, Problem, UiDocument, UiLevel, UiNode } from '@dicache/protocol'
import type { NodeMigration } from '@dicache/sdk'
import { dicacheExtra, namedValues, widgetsMark } from './dicache-extra.ts'
import type { DicacheExtra } from './dicache-extra.ts'
import type { NodeShape, NodeShapes } from './node-shape.ts'
import { widgetDefault } from './param-default.ts'
import { listOf } from './list-of.ts'
import { failedMigration, newerVersion } from './ui-problems.ts'

/** The document as the present versions would have saved it; the very same where all versions are present. */
export type Migrated = { readonly document: UiDocument; readonly problems: readonly Problem[] }

/** Migrates a document. A migration that throws is reported, and the node read as if it were of the present version. */
export function migrateDocument(document: UiDocument, shapes: NodeShapes): Migrated {
  const extra = dicacheExtra(document)
  const plans = new Map<string, Plan>()
  const newer = new Map<string, readonly [saved: number, present: number]>()
  for (const [type, saved] of extra.types) {
    const shape = shapes.get(type)
    if (shape?.version === undefined) continue
    if (saved > shape.version) newer.set(type, [saved, shape.version])
    const steps = stepsFrom(shape, saved)
    if (steps.length > 0) plans.set(type, { shape, steps })
  }
  const problems = [...tooNew(document, newer)]
  if (plans.size === 0) return { document, problems }
  const work: Work = { plans, extra, problems, named: new Map() }
  const migrated = migrateHolder(document, '', work)
  return { document: withExtra(migrated, work), problems }
}

type Plan = { readonly shape: NodeShape; readonly steps: readonly NodeMigration[] }

type Work = {
  readonly plans: ReadonlyMap<string, Plan>
  readonly extra: DicacheExtra
  readonly problems: Problem[]
  /** The settings of migrated nodes by their keys in `values`, and their new lists. */
  readonly named: Map<string, { readonly values: JsonObject; readonly widgets: readonly JsonValue[] }>
}

function stepsFrom({ version = 1, migrations = {} }: NodeShape, saved: number): readonly NodeMigration[] {
  return Object.keys(migrations)
    .map(Number)
    .filter((from) => from >= saved && from < version)
    .toSorted((a, b) => a - b)
    .flatMap((from) => migrations[from] ?? [])
}

type Holder = UiLevel & { readonly definitions?: UiDocument['definitions'] }

/** A level and the subgraphs that it defines. */
function migrateHolder<T extends Holder>(holder: T, prefix: string, work: Work): T {
  const subgraphs = holder.definitions?.subgraphs
  return {
    ...holder,
    ...migrateLevel(holder, prefix, work),
    ...(subgraphs && {
      definitions: {
        ...holder.definitions,
        subgraphs: subgraphs.map((item) => {
          if (!UiSubgraph.is(item)) return item
          return migrateHolder(item, `${item.id}/`, work) as unknown as JsonValue
        }),
      },
    }),
  }
}

function migrateLevel(level: UiLevel, prefix: string, work: Work): UiLevel {
  const moved = new Map<string, Plan>()
  const nodes = level.nodes.map((node) => {
    const plan = work.plans.get(node.type)
    if (plan === undefined) return node
    moved.set(String(node.id), plan)
    return migrateNode(node, plan, { key: prefix + node.id, work })
  })
  const links = level.links?.map((entry) => movedLink(entry, moved))
  return { nodes, ...(links && { links }) }
}

function migrateNode(
  node: UiNode,
  { shape, steps }: Plan,
  { key, work }: { readonly key: string; readonly work: Work },
): UiNode {
  const inputs = node.inputs?.map((input) => {
    const name = presentName(steps, input.name)
    return { ...input, name, ...(input.widget && { widget: { ...input.widget, name } }) }
  })
  const renamed = { ...node, ...(inputs && { inputs }), ...movedOutputs(node, steps) }
  const saved = (node.widgets_values ?? undefined) as JsonValue | undefined
  const byPlace = isJsonObject(saved) ? saved : oldNames(steps, shape, listOf(saved))
  const old = { ...byPlace, ...namedValues(work.extra, key, saved) }
  try {
    const values = presentSettings(steps, old)
    const widgets = fullWidgets(
      shape.params,
      (param) => ownProperty(values, param.name) ?? widgetDefault(param),
    )
    work.named.set(key, { values, widgets })
    return { ...renamed, widgets_values: widgets }
  } catch (thrown) {
    const id = String(node.id)
    const title = node.title ?? shape.title
    work.problems.push(failedMigration({ id, title, path: '' }, thrown))
    return renamed
  }
}

/** The settings of a list as the older version called them. */
function oldNames(
  steps: readonly NodeMigration[],
  shape: NodeShape,
  values: readonly JsonValue[],
): JsonObject {
  const names = steps[0]?.widgets
  const entries =
    names === undefined
      ? [...layoutWidgets(shape.params, values).indexOf]
      : names.flatMap((name, index): [string, number][] => (name === null ? [] : [[name, index]]))
  return Object.fromEntries(
    entries.flatMap(([name, index]): [string, JsonValue][] => {
      const value = values[index]
      return value === undefined || value === null ? [] : [[name, value]]
    }),
  )
}

function presentSettings(steps: readonly NodeMigration[], saved: JsonObject): JsonObject {
  return steps.reduce((settings: JsonObject, step) => {
    const renamed = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [presentName([step], name), value]),
    )
    return step.settings?.(renamed) ?? renamed
  }, saved)
}

function presentName(steps: readonly NodeMigration[], name: string): string {
  return steps.reduce((known, { renamed = {} }) => ownText(renamed, known) ?? known, name)
}

function ownText(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined
}

function presentOutput(steps: readonly NodeMigration[], slot: number): number {
  return steps.reduce((at, { outputs = {} }) => outputs[at] ?? at, slot)
}

function movedOutputs(node: UiNode, steps: readonly NodeMigration[]): Pick<UiNode, 'outputs'> {
  if (!node.outputs || !steps.some(({ outputs }) => outputs !== undefined)) return {}
  const places = node.outputs.map((output, slot) => [presentOutput(steps, slot), output] as const)
  return { outputs: places.toSorted(([a], [b]) => a - b).map(([, output]) => output) }
}

function movedLink(entry: JsonValue, moved: ReadonlyMap<string, Plan>): JsonValue {
  const isList = isJsonArray(entry)
  const from = isList ? entry[1] : isJsonObject(entry) ? ownProperty(entry, 'origin_id') : undefined
  const slot = isList ? entry[2] : isJsonObject(entry) ? ownProperty(entry, 'origin_slot') : undefined
  const plan = typeof from === 'string' || typeof from === 'number' ? moved.get(String(from)) : undefined
  if (plan === undefined || typeof slot !== 'number') return entry
  const now = presentOutput(plan.steps, slot)
  if (now === slot) return entry
  return isList ? entry.with(2, now) : { ...(entry as JsonObject), origin_slot: now }
}

function withExtra(document: UiDocument, { plans, named, extra }: Work): UiDocument {
  const versions = [...plans].map(([type, { shape }]): [string, JsonValue] => [type, shape.version ?? 1])
  const values = [...named].map(([key, { values: own }]): [string, JsonValue] => [key, own])
  const marks = [...named].map(([key, { widgets }]): [string, JsonValue] => [key, widgetsMark(widgets)])
  const before = document.extra ?? {}
  const dicache = ownProperty(before, 'dicache')
  return {
    ...document,
    extra: {
      ...before,
      dicache: {
        ...(isJsonObject(dicache) && dicache),
        types: Object.fromEntries([...extra.types, ...versions]),
        values: Object.fromEntries([...extra.values, ...values]),
        widgets: Object.fromEntries([...extra.widgets, ...marks]),
      },
    },
  }
}

function tooNew(
  { nodes }: UiDocument,
  newer: ReadonlyMap<string, readonly [saved: number, present: number]>,
): readonly Problem[] {
  return nodes.flatMap(({ id, type, title }, index) => {
    const versions = newer.get(type)
    const place = { id: String(id), title: title ?? type, path: `/nodes/${index}` }
    return versions === undefined ? [] : [newerVersion(place, ...versions)]
  })
}
