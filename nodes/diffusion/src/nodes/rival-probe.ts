/** The PROBE value of a `StepCacheConfig` node's settings. */
import type { DiCacheProbe, ProbeMode, ProbeValue } from '../pipeline/values.ts'

type RivalProbe = Exclude<ProbeValue, DiCacheProbe>

export type RivalName = RivalProbe['kind']

export type RivalSettings = {
  readonly enabled: boolean
  readonly policy: RivalName
  readonly threshold: number
  readonly start: number
  readonly force_last: boolean
  readonly every: number
  readonly max_consecutive: number
  readonly probe_depth: number
  readonly order: number
  readonly feature: 'output' | 'hidden'
  readonly start_percent: number
  readonly end_percent: number
  readonly coefficients: string
  readonly ratios: string
  readonly mode: ProbeMode
}

/** Only the settings of the chosen policy are read. @throws RangeError for a list that is not of numbers. */
export function rivalProbe(values: RivalSettings): RivalProbe {
  const common = { mode: values.enabled ? values.mode : 'off', warmup: values.start } as const
  const { threshold, every, force_last: forceLast } = values
  const maxConsecutive = values.max_consecutive === 0 ? Number.POSITIVE_INFINITY : values.max_consecutive
  switch (values.policy) {
    case 'interval':
      return { kind: 'interval', ...common, every, forceLast }
    case 'teacache': {
      const coefficients = numbers('coefficients', values.coefficients)
      const own = coefficients.length === 0 ? {} : { coefficients }
      return { kind: 'teacache', ...common, threshold, forceLast, ...own }
    }
    case 'fbcache':
      return { kind: 'fbcache', ...common, threshold, forceLast, maxConsecutive, depth: values.probe_depth }
    case 'easycache': {
      const { start_percent: startPercent, end_percent: endPercent } = values
      return { kind: 'easycache', ...common, threshold, startPercent, endPercent }
    }
    case 'magcache':
      return {
        kind: 'magcache',
        ...common,
        threshold,
        maxConsecutive,
        ratios: numbers('ratios', values.ratios),
      }
    case 'taylorseer':
      return { kind: 'taylorseer', ...common, every, order: values.order === 2 ? 2 : 1, of: values.feature }
  }
}

/** Numbers with commas, blanks or line ends between, brackets around them allowed. */
function numbers(name: string, text: string): readonly number[] {
  const words = text.split(/[\s,[\]]+/).filter((word) => word !== '')
  return words.map((word) => {
    const value = Number(word)
    if (!Number.isFinite(value))
      throw new RangeError(`${name}: "${word}" is no number; write them with commas between`)
    return value
  })
}
