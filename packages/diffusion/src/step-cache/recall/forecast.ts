/** A Taylor series of a feature over the sampler's time: its derivatives are divided differences of the computed evaluations. */
import { add, type FloatTensor, scale, subtract, type Term, weightedSum } from '@dicache/tensor'
import type { SplitForward } from '../split-forward.ts'
import type { Keeps } from '../strategy.ts'
import type { Recall } from './recall.ts'

type Settings = Extract<Keeps, { readonly kind: 'forecast' }>
type Series = { readonly time: number; readonly terms: readonly FloatTensor[] }

/** All branches of the lane are computed, or forecast, together: the schedule knows no branches. */
export function createForecast({ of, order }: Settings, split: SplitForward): Recall {
  let series: Series | undefined

  return {
    needsProbe: of === 'hidden',
    remember({ deep, probe, time }) {
      series = extend(series, of === 'hidden' ? add(probe.h0, deep.residual) : deep.out, { time, order })
    },
    async answer({ range: { samples }, probe, time }) {
      const [base, ...derivatives] = series?.terms ?? []
      if (series === undefined || base === undefined)
        throw new RangeError('step cache: forecast without a computed step')
      const offset = time - series.time
      const terms = derivatives.map((tensor, n): Term => [offset ** (n + 1) / factorial(n + 1), tensor])
      const [first = [0, base] as const, ...rest] = terms
      const residual = weightedSum(first, ...rest)
      if (of === 'output') return { out: add(base, residual), action: 'forecast', part: 'nothing' }
      if (probe === undefined) throw new RangeError('step cache: the head needs a probe')
      const out = await split.head(probe, samples, { base, residual })
      return { out, action: 'forecast', part: 'head' }
    },
    forget() {
      series = undefined
    },
    held: () => series?.terms ?? [],
  }
}

/** The series with a computed feature: each derivative is the difference quotient of the one below. Two at one time replace each other. */
function extend(
  series: Series | undefined,
  feature: FloatTensor,
  at: { readonly time: number; readonly order: number },
): Series {
  const distance = series === undefined ? 0 : at.time - series.time
  if (series === undefined || distance === 0) {
    return { time: at.time, terms: [feature, ...(series?.terms.slice(1) ?? [])] }
  }
  const terms = [feature]
  for (const [n, before] of series.terms.entries()) {
    const now = terms[n]
    if (n < at.order && now !== undefined) terms.push(scale(subtract(now, before), 1 / distance))
  }
  return { time: at.time, terms }
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1)
}
