/** What the sampler of one run told about itself: read from the run's `sampling-report` event. */
import type { MatrixProduct } from '@dicache/models'
import { list, numberOf, record, text } from '../json.ts'

export type EntryTimes = { readonly computed: boolean; readonly ms: number }

export type SamplingRun = {
  readonly wallMs: number
  /** Of it, what events and the report took. */
  readonly reportMs: number
  readonly entries: readonly EntryTimes[]
  readonly branches: number
  readonly steps: number
  readonly stepRatio: number
  readonly flopIdealSpeedup: number
  readonly probeMs: number
  readonly products: Readonly<Record<'probe' | 'deep' | 'reuse', readonly MatrixProduct[]>>
  readonly attentionFlops: Readonly<Record<'probe' | 'deep' | 'reuse', number>>
}

/** Reads the event's data; undefined when it is of another form. */
export function readSamplingRun(data: unknown): SamplingRun | undefined {
  const { report, reportMs, arithmetic } = record(data)
  const totals = record(record(report)['totals'])
  const wallMs = numberOf(totals['wallMs'])
  if (wallMs === undefined) return undefined
  const parts = record(arithmetic)
  const products = (part: string): readonly MatrixProduct[] =>
    list(record(parts[part])['products']).flatMap((value) => toProduct(value))
  const attention = (part: string): number => numberOf(record(parts[part])['attentionFlops']) ?? 0
  return {
    wallMs,
    reportMs: numberOf(reportMs) ?? Number.NaN,
    entries: list(record(report)['entries']).map((entry) => {
      const { decision, ms } = record(entry)
      return {
        computed: text(decision) === 'forced' || text(decision) === 'refreshed',
        ms: numberOf(ms) ?? 0,
      }
    }),
    branches: list(record(report)['branches']).length,
    steps: numberOf(record(report)['steps']) ?? 0,
    stepRatio: numberOf(totals['stepRatio']) ?? 1,
    flopIdealSpeedup: numberOf(totals['flopIdealSpeedup']) ?? 1,
    probeMs: numberOf(totals['msPerProbe']) ?? 0,
    products: { probe: products('probe'), deep: products('deep'), reuse: products('reuse') },
    attentionFlops: { probe: attention('probe'), deep: attention('deep'), reuse: attention('reuse') },
  }
}

function toProduct(value: unknown): readonly MatrixProduct[] {
  const [m, k, n, count] = ['m', 'k', 'n', 'count'].map((key) => numberOf(record(value)[key]))
  return m === undefined || k === undefined || n === undefined || count === undefined
    ? []
    : [{ m, k, n, count }]
}
