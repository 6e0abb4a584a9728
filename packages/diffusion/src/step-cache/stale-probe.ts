/**
 * A fault of the released code, kept for `official` runs whose probe is deeper than half the double blocks: on refreshed steps p of the
 * evaluation before stays, in the comparison and in the stored residual.
 */
import { batchView, concat, type FloatTensor, floatTensor } from '@dicache/tensor'
import type { SampleRange, Tokens } from './split-forward.ts'

/** P = stale hm − fresh h0 of some samples. */
export function staleResidual(previous: Tokens, now: Tokens, { start, count }: SampleRange): FloatTensor {
  const hm = batchView(previous.signal, start, start + count)
  const h0 = batchView(now.h0, start, start + count)
  return floatTensor(
    hm.shape,
    hm.data.map((value, n) => value - (h0.data[n] ?? 0)),
  )
}

/** Tokens for the next comparison. @param refreshed - whether each branch of the stack was refreshed */
export function staleTokens(previous: Tokens, now: Tokens, refreshed: readonly boolean[]): Tokens {
  const samples = (now.h0.shape[0] ?? 0) / refreshed.length
  const signal = refreshed.map((stale, n) =>
    batchView(stale ? previous.signal : now.signal, n * samples, (n + 1) * samples),
  )
  return { h0: now.h0, signal: concat(signal) }
}
