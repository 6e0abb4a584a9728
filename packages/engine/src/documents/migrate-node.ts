/** Reads a node that was saved with an older version of its type (SPEC D-16). */
import type { JsonObject, JsonValue } from '@dicache/protocol'
import type { NodeMigration } from '@dicache/sdk'
import type { NodeShape } from './node-shape.ts'
import { layoutWidgets } from './widget-values.ts'

/** The migrations that a node needs, in their order; empty for a node of the present version. */
export function migrationsFrom(
  shape: NodeShape | undefined,
  saved: number | undefined,
): readonly NodeMigration[] {
  const { version, migrations } = shape ?? {}
  if (saved === undefined || version === undefined || migrations === undefined) return []
  return Array.from({ length: Math.max(0, version - saved) }, (_, index) => migrations[saved + index]).filter(
    (migration) => migration !== undefined,
  )
}

/** The present name of a setting or input. */
export function presentName(steps: readonly NodeMigration[], name: string): string {
  return steps.reduce(
    (known, { renamed = {} }) => (Object.hasOwn(renamed, known) ? (renamed[known] ?? known) : known),
    name,
  )
}

/** The present number of an output. */
export function presentOutput(steps: readonly NodeMigration[], slot: number): number {
  return steps.reduce((at, { outputs = {} }) => outputs[at] ?? at, slot)
}

/** The settings of a list as the older version called them. */
export function oldNames(
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
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** The settings as they are called and written now. @throws what a migration throws */
export function presentSettings(steps: readonly NodeMigration[], saved: JsonObject): JsonObject {
  return steps.reduce((settings: JsonObject, step) => {
    const renamed = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [presentName([step], name), value]),
    )
    return step.settings?.(renamed) ?? renamed
  }, saved)
}
