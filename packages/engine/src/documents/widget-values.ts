/**
 * Which entry of `widgets_values` belongs to which setting (SPEC D-4).
 * Besides the settings in their order, the list holds entries of the editor's own: what happens to a seed after a run
 * ("fixed", in old files a boolean), and the button of an upload.
 */
import type { JsonValue, ParamManifest } from '@dicache/protocol'

/** Indices of `widgets_values` by setting; settings that the list does not reach are left out. */
export type WidgetLayout = {
  readonly indexOf: ReadonlyMap<string, number>
  /** Entries that belong to nothing. */
  readonly extra: number
}

const AFTER_RUN = new Set<unknown>(['fixed', 'increment', 'decrement', 'randomize'])

/** Matches a node's settings with the entries of its list. */
export function layoutWidgets(params: readonly ParamManifest[], values: readonly JsonValue[]): WidgetLayout {
  const widgets = params.filter(({ socketOnly }) => !socketOnly)
  const indexOf = new Map<string, number>()
  let at = 0
  for (const [place, param] of widgets.entries()) {
    if (at >= values.length) break
    indexOf.set(param.name, at)
    at++
    const next = values[at]
    const left = widgets.length - place - 1
    if (hasControl(param)) {
      // A boolean may also be the next setting: it is the seed's only when there are entries to spare.
      const spare = values.length - at > left
      if (AFTER_RUN.has(next) || (typeof next === 'boolean' && spare)) at++
    }
    if (param.kind === 'choice' && param.upload !== undefined && (next === 'image' || next === param.upload))
      at++
  }
  return { indexOf, extra: Math.max(0, values.length - at) }
}

/** How many entries a full list has, and the entries of a new node. */
export function defaultWidgets(
  params: readonly ParamManifest[],
  defaultOf: (param: ParamManifest) => JsonValue | undefined,
): readonly JsonValue[] {
  return params
    .filter(({ socketOnly }) => !socketOnly)
    .flatMap((param): JsonValue[] => {
      const value = defaultOf(param) ?? null
      if (hasControl(param)) return [value, 'fixed']
      return param.kind === 'choice' && param.upload !== undefined ? [value, 'image'] : [value]
    })
}

/** Whether the editor shows what happens to the setting after a run. */
function hasControl(param: ParamManifest): boolean {
  return param.kind === 'seed' || (param.kind === 'int' && param.controlAfterGenerate === true)
}
