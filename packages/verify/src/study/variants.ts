/** What the study compares: step caches at several settings, and simply fewer steps. Every one is a node and its settings. */

export type Variant = {
  /** Unique, as tables and plots show it. */
  readonly name: string
  /** Variants of one series make one line of the plot. */
  readonly series: string
  readonly steps: number
  /** The node that makes the PROBE, or undefined to compute every step. */
  readonly probe: { readonly type: string; readonly settings: Readonly<Record<string, unknown>> } | undefined
}

export const STUDY_STEPS = 30

/** Every step computed: what all others are held against. */
export const BASELINE: Variant = {
  name: 'uncached',
  series: 'uncached',
  steps: STUDY_STEPS,
  probe: undefined,
}

type Settings = Readonly<Record<string, unknown>>

function series(
  name: string,
  type: string,
  each: Readonly<Record<string, Settings>>,
  common: Settings = {},
): readonly Variant[] {
  return Object.entries(each).map(([label, settings]) => ({
    name: `${name} ${label}`,
    series: name,
    steps: STUDY_STEPS,
    probe: { type, settings: { ...common, ...settings } },
  }))
}

function thresholds(...values: readonly number[]): Readonly<Record<string, Settings>> {
  return Object.fromEntries(values.map((threshold) => [`δ ${threshold}`, { threshold }]))
}

/** The variants of `bench study`, fewest steps computed last within a series. */
export const STUDY_VARIANTS: readonly Variant[] = [
  ...[20, 15, 12, 10, 8].map(
    (steps): Variant => ({ name: `${steps} steps`, series: 'fewer steps', steps, probe: undefined }),
  ),
  ...series('DiCache, released warm-up', 'ProbeConfig', thresholds(0.1, 0.2, 0.3), { start: 0.2 }),
  ...series('DiCache, zero order', 'ProbeConfig', thresholds(0.15, 0.2), {
    start: 1,
    alignment: 'zero-order',
  }),
  ...series('DiCache, branches alone', 'ProbeConfig', thresholds(0.1, 0.15, 0.2), { start: 1 }),
  ...series('DiCache, cond decides', 'ProbeConfig', thresholds(0.1, 0.15, 0.2, 0.25), {
    start: 1,
    cfg_policy: 'cond-decides',
  }),
  ...series('DiCache, delta minus', 'ProbeConfig', thresholds(0.02, 0.04), {
    start: 1,
    indicator: 'delta_minus',
  }),
]
