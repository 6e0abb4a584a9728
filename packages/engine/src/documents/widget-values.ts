/**
 * Which entry of `widgets_values` belongs to which setting (SPEC D-4).
 * Besides the settings in their order, the list holds entries of the editor's own: what happens to a seed after a run
 * ("fixed", in old files a boolean), and the button of an upload, which stands behind the required settings.
 */
import { isJsonArray } from '@dicache/protocol'
import type { JsonValue, ParamManifest } from '@dicache/protocol'

/** Indices of `widgets_values` by setting; settings that the list does not reach are left out. */
export type WidgetLayout = {
  readonly indexOf: ReadonlyMap<string, number>
  /** Entries that say something and belong to nothing. */
  readonly extra: number
}

const AFTER_RUN: ReadonlySet<unknown> = new Set(['fixed', 'increment', 'decrement', 'randomize'])

/** Whether an entry says what happens to a seed after a run. */
export function isAfterRun(value: unknown): boolean {
  return AFTER_RUN.has(value)
}

/** Matches a node's settings with the entries of its list. */
export function layoutWidgets(params: readonly ParamManifest[], values: readonly JsonValue[]): WidgetLayout {
  const widgets = widgetsOf(params, values)
  const indexOf = new Map<string, number>()
  const buttons = new Set(params.flatMap((param) => (param.kind === 'choice' ? (param.upload ?? []) : [])))
  const isButton = (value: unknown): boolean => value === 'image' || buttons.has(value as 'image')
  const lastRequired = widgets.findLastIndex(({ optional }) => !optional)
  let at = 0
  for (const [place, param] of widgets.entries()) {
    if (at >= values.length) break
    indexOf.set(param.name, at)
    at++
    // Entries beyond those that the settings to come need.
    const spare = (): boolean => values.length - at > widgets.length - place - 1
    // A boolean, or a word after another whole number, may also be the next setting's value.
    if (hasControl(param) && (AFTER_RUN.has(values[at]) || (typeof values[at] === 'boolean' && spare()))) at++
    else if (param.kind === 'int' && AFTER_RUN.has(values[at]) && spare()) at++
    if (buttons.size === 0 || !isButton(values[at])) continue
    if (place === lastRequired || (param.kind === 'choice' && param.upload !== undefined && spare())) at++
  }
  const left = values.slice(at).filter((value) => value !== null && value !== '')
  return { indexOf, extra: left.length }
}

/** Old files hold an entry for inputs that are only sockets, too: their list is as long as that takes. */
function widgetsOf(params: readonly ParamManifest[], values: readonly JsonValue[]): readonly ParamManifest[] {
  const widgets = params.filter(({ socketOnly }) => !socketOnly)
  if (widgets.length === params.length) return widgets
  const entries = (list: readonly ParamManifest[]): number => list.length + list.filter(hasControl).length
  const buttons = params.filter((param) => param.kind === 'choice' && param.upload !== undefined).length
  const fits = (list: readonly ParamManifest[]): boolean =>
    values.length === entries(list) || values.length === entries(list) + buttons
  return fits(params) && !fits(widgets) ? params : widgets
}

/** The full list of entries, each setting's value as `valueOf` gives it. */
export function fullWidgets(
  params: readonly ParamManifest[],
  valueOf: (param: ParamManifest) => JsonValue | undefined,
): readonly JsonValue[] {
  const widgets = params.filter(({ socketOnly }) => !socketOnly)
  const entriesOf = (list: readonly ParamManifest[]): readonly JsonValue[] =>
    list.flatMap((param): JsonValue[] => {
      const value = valueOf(param) ?? null
      return hasControl(param) ? [value, 'fixed'] : [value]
    })
  const buttons = widgets.filter((param) => param.kind === 'choice' && param.upload !== undefined)
  return [
    ...entriesOf(widgets.filter(({ optional }) => !optional)),
    ...buttons.map(() => 'image'),
    ...entriesOf(widgets.filter(({ optional }) => optional)),
  ]
}

/** The list of a node, empty where it has none. */
export function listOf(values: unknown): readonly JsonValue[] {
  return isJsonArray(values) ? values : []
}

/** Whether the editor shows what happens to the setting after a run. */
function hasControl(param: ParamManifest): boolean {
  return param.kind === 'seed' || (param.kind === 'int' && param.controlAfterGenerate === true)
}
