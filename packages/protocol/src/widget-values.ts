/**
 * Which entry of `widgets_values` belongs to which setting (docs/spec/documents.md, D-4). Engine and editor read and write lists with it.
 * Besides the settings in their order, the list holds entries of the editor's own: what happens to a seed after a run
 * ("fixed", in old files a boolean), and the button of an upload, which stands behind the required settings.
 */
import type { JsonValue } from './json-value.ts'
import type { ParamManifest } from './manifest.ts'

/** Indices of `widgets_values` by setting; settings that the list does not reach are left out. */
export type WidgetLayout = {
  readonly indexOf: ReadonlyMap<string, number>
  /** Where it stands what happens to a setting after a run. */
  readonly controlOf: ReadonlyMap<string, number>
  /** Entries that say something and belong to nothing. */
  readonly extra: number
}

/** What happens to a seed after a run is queued. */
export type AfterRun = 'fixed' | 'increment' | 'decrement' | 'randomize'
export const AFTER_RUN: readonly AfterRun[] = ['fixed', 'increment', 'decrement', 'randomize']

/** Whether an entry says what happens to a seed after a run. */
export function isAfterRun(value: unknown): value is AfterRun {
  return AFTER_RUN.some((word) => word === value)
}

/** Whether the editor shows what happens to the setting after a run. */
export function hasControl(param: ParamManifest): boolean {
  return param.kind === 'seed' || (param.kind === 'int' && param.controlAfterGenerate === true)
}

/** Matches a node's settings with the entries of its list. */
export function layoutWidgets(params: readonly ParamManifest[], values: readonly JsonValue[]): WidgetLayout {
  const widgets = widgetsOf(params, values)
  const indexOf = new Map<string, number>()
  const controlOf = new Map<string, number>()
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
    if (hasControl(param) && (isAfterRun(values[at]) || (typeof values[at] === 'boolean' && spare())))
      controlOf.set(param.name, at++)
    else if (param.kind === 'int' && isAfterRun(values[at]) && spare()) at++
    // What a list of files that is looked up again has: whether it moves on then, and the button for it.
    if (buttons.size > 0 && typeof values[at] === 'boolean' && values[at + 1] === 'refresh') at += 2
    if (buttons.size === 0 || !isButton(values[at])) continue
    if (place === lastRequired || (param.kind === 'choice' && param.upload !== undefined && spare())) at++
  }
  const left = values.slice(at).filter((value) => value !== null && value !== '')
  return { indexOf, controlOf, extra: left.length }
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

/** The full list of entries, each setting's value as `valueOf` gives it, and what happens to it as `controlOf` does. */
export function fullWidgets(
  params: readonly ParamManifest[],
  valueOf: (param: ParamManifest) => JsonValue | undefined,
  controlOf: (param: ParamManifest) => JsonValue = () => 'fixed',
): readonly JsonValue[] {
  const widgets = params.filter(({ socketOnly }) => !socketOnly)
  const entriesOf = (list: readonly ParamManifest[]): readonly JsonValue[] =>
    list.flatMap((param): JsonValue[] => {
      const value = valueOf(param) ?? null
      return hasControl(param) ? [value, controlOf(param)] : [value]
    })
  const buttons = widgets.filter((param) => param.kind === 'choice' && param.upload !== undefined)
  return [
    ...entriesOf(widgets.filter(({ optional }) => !optional)),
    ...buttons.map(() => 'image'),
    ...entriesOf(widgets.filter(({ optional }) => optional)),
  ]
}

/** An entry to be written: a setting's value, or what happens to it after a run. */
export type WidgetChange = {
  readonly name: string
  readonly part: 'value' | 'control'
  readonly value: JsonValue
}

/** The list with one entry changed. A list that does not reach it becomes a full one, with `defaultOf` for what it lacks. */
export function changeWidget(
  params: readonly ParamManifest[],
  values: readonly JsonValue[],
  change: WidgetChange & { readonly defaultOf: (param: ParamManifest) => JsonValue | undefined },
): readonly JsonValue[] {
  const { indexOf, controlOf } = layoutWidgets(params, values)
  const index = (change.part === 'value' ? indexOf : controlOf).get(change.name)
  if (index !== undefined) return values.with(index, change.value)
  const isChanged = (param: ParamManifest, part: WidgetChange['part']): boolean =>
    param.name === change.name && part === change.part
  const entry = (at: number | undefined): JsonValue | undefined => (at === undefined ? undefined : values[at])
  return fullWidgets(
    params,
    (param) =>
      isChanged(param, 'value') ? change.value : (entry(indexOf.get(param.name)) ?? change.defaultOf(param)),
    (param) => (isChanged(param, 'control') ? change.value : (entry(controlOf.get(param.name)) ?? 'fixed')),
  )
}
