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

/** A run that measures MagCache's ratios for this model; its report holds them. */
export const CALIBRATION: Variant = {
  name: 'MagCache calibration',
  series: 'MagCache',
  steps: STUDY_STEPS,
  probe: { type: 'StepCacheConfig', settings: { policy: 'magcache', ratios: '' } },
}

/** A prompt that the study does not use. */
export const CALIBRATION_PROMPT = 'a frog, 3d style'

/** The variants of `bench study`, fewest steps computed last within a series. @param ratios MagCache's, from the calibration run */
export function studyVariants(ratios: readonly number[]): readonly Variant[] {
  const rival = 'StepCacheConfig'
  return [
    ...[20, 15, 12, 10, 8].map(
      (steps): Variant => ({ name: `${steps} steps`, series: 'fewer steps', steps, probe: undefined }),
    ),
    ...series('DiCache, released warm-up', 'ProbeConfig', thresholds(0.1, 0.2, 0.3), {
      start: 0.2,
      cfg_policy: 'independent',
    }),
    ...series('DiCache, zero order', 'ProbeConfig', thresholds(0.15, 0.2), {
      start: 1,
      cfg_policy: 'cond-decides',
      alignment: 'zero-order',
    }),
    ...series('DiCache, branches alone', 'ProbeConfig', thresholds(0.1, 0.15, 0.2), {
      start: 1,
      cfg_policy: 'independent',
    }),
    ...series('DiCache, joint', 'ProbeConfig', thresholds(0.15, 0.2), { start: 1, cfg_policy: 'joint' }),
    ...series('DiCache, cond decides', 'ProbeConfig', thresholds(0.1, 0.15, 0.2, 0.25), {
      start: 1,
      cfg_policy: 'cond-decides',
    }),
    ...series(
      'interval',
      rival,
      { 'every 2': { every: 2 }, 'every 3': { every: 3 }, 'every 4': { every: 4 } },
      { policy: 'interval' },
    ),
    ...series('TeaCache', rival, thresholds(0.25, 0.4, 0.6, 1), { policy: 'teacache' }),
    ...series('first-block cache', rival, thresholds(0.1, 0.2, 0.3), { policy: 'fbcache', start: 0 }),
    ...series('EasyCache', rival, thresholds(0.05, 0.1, 0.2), { policy: 'easycache' }),
    ...series('MagCache', rival, thresholds(0.03, 0.06, 0.12, 0.24), {
      policy: 'magcache',
      start: 0.2,
      ratios: ratios.join(', '),
    }),
    ...series(
      'TaylorSeer',
      rival,
      {
        'order 1 every 2': { every: 2 },
        'order 1 every 3': { every: 3 },
        'order 1 every 4': { every: 4 },
        'order 2 every 3': { every: 3, order: 2 },
        'order 2 every 4': { every: 4, order: 2 },
      },
      { policy: 'taylorseer', start: 3 },
    ),
  ]
}
