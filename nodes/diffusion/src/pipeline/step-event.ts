/** What a sampling run tells while it goes on. */
import type { BranchStep } from '@dicache/diffusion'
import type { PartArithmetic, TransformerParts } from '@dicache/models'
import type { JsonObject } from '@dicache/sdk'

/** One evaluation as an event. */
export function stepEvent(entry: BranchStep, names: readonly string[]): JsonObject {
  return {
    step: entry.step,
    order: entry.order,
    branch: names[entry.branch] ?? String(entry.branch),
    sigma: entry.sigma,
    decision: entry.action,
    reason: entry.reason,
    indicator: entry.indicator ?? null,
    accumulator: entry.accCompared ?? null,
    gammaRaw: entry.gammaRaw === undefined || !Number.isFinite(entry.gammaRaw) ? null : entry.gammaRaw,
    gamma: entry.gamma ?? null,
    ms: entry.probeMs + entry.restMs,
  }
}

/** For whoever holds measured times against a floor (`bench sampler`). */
export function arithmeticJson(parts: TransformerParts<PartArithmetic>): JsonObject {
  const part = ({ products, attentionFlops }: PartArithmetic): JsonObject => ({
    products: products.map((product) => ({ ...product })),
    attentionFlops,
  })
  return {
    embed: part(parts.embed),
    probe: part(parts.probe),
    deep: part(parts.deep),
    reuse: part(parts.reuse),
  }
}

/** What was decided in a step, in a word or two. */
export function lastDecisions(entries: readonly BranchStep[], step: number): string {
  const actions = new Set(entries.filter((entry) => entry.step === step).map(({ action }) => action))
  return [...actions]
    .map((action) => (action === 'forced' || action === 'refreshed' ? 'computed' : 'reused'))
    .join('/')
}
