/** Ranges of steps inside which reuse is allowed, given as steps or as shares of the run. */

/** Steps `from … to − 1`. */
export type StepRange = readonly [from: number, to: number]

/** From (inclusive) to (exclusive): `steps` counted from 0, or shares of all steps, 0..1. */
export type StepWindow = { readonly unit: 'steps' | 'share'; readonly from: number; readonly to: number }

/** Shares become whole steps, both ends rounded alike, so that windows that meet still meet. */
export function resolveWindows(windows: readonly StepWindow[], steps: number): readonly StepRange[] {
  return windows.map(({ unit, from, to }) => {
    const factor = unit === 'share' ? steps : 1
    return [Math.round(from * factor), Math.round(to * factor)]
  })
}

/**
 * Reads `4-12, 60%-100%`: whole numbers are steps, percentages shares of the run; an empty text is no window.
 * @throws RangeError when a part is neither, or ends before it begins.
 */
export function parseWindows(text: string): readonly StepWindow[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.map((part) => {
    const share = /^(\d+(?:\.\d+)?)%\s*-\s*(\d+(?:\.\d+)?)%$/.exec(part)
    const steps = /^(\d+)\s*-\s*(\d+)$/.exec(part)
    const [, from = '', to = ''] = share ?? steps ?? []
    const factor = share === null ? 1 : 1 / 100
    const window = {
      unit: share === null ? 'steps' : 'share',
      from: Number(from) * factor,
      to: Number(to) * factor,
    } as const
    if ((share ?? steps) === null || window.from >= window.to || (share !== null && window.to > 1)) {
      throw new RangeError(
        `"${part}" is no range of steps: write 4-12 (steps 4 to 11) or 20%-60%, several with commas between`,
      )
    }
    return window
  })
}
