/** The other step caches' settings, resolved for one model and one run. */
import { sigmaOfTime, type StepCachePolicy, stretchRatios, TEACACHE_COEFFICIENTS } from '@dicache/diffusion'
import type { PolicyRun } from './policy-run.ts'
import type { DiCacheProbe, ModelValue, ProbeValue } from './values.ts'

/** @throws RangeError when a family has no published numbers and none are given. */
export function rivalPolicy(
  model: ModelValue,
  probe: Exclude<ProbeValue, DiCacheProbe>,
  run: PolicyRun,
): StepCachePolicy {
  const { family, sampling } = model.transformer
  const warmupSteps = Math.trunc(probe.warmup < 1 ? probe.warmup * run.steps : probe.warmup)
  switch (probe.kind) {
    case 'interval':
      return { kind: 'interval', every: probe.every, warmupSteps, forceLast: probe.forceLast }
    case 'teacache': {
      const coefficients =
        probe.coefficients ??
        (Object.hasOwn(TEACACHE_COEFFICIENTS, family) ? TEACACHE_COEFFICIENTS[family] : undefined)
      if (coefficients === undefined)
        throw new RangeError(`TeaCache has no published coefficients for ${family}: give some`)
      const { threshold, forceLast } = probe
      return { kind: 'teacache', threshold, coefficients, warmupSteps, forceLast }
    }
    case 'fbcache': {
      const { threshold, forceLast, maxConsecutive } = probe
      return { kind: 'fbcache', threshold, warmupSteps, forceLast, maxConsecutive }
    }
    case 'easycache': {
      const { threshold, startPercent, endPercent } = probe
      const sigmaAt = (share: number): number => sigmaOfTime(sampling, 1 - share)
      return {
        kind: 'easycache',
        threshold,
        startSigma: sigmaAt(startPercent),
        endSigma: sigmaAt(endPercent),
      }
    }
    case 'magcache': {
      if (probe.ratios.length === 0) return { kind: 'magcache-calibration' }
      const { threshold, maxConsecutive: maxSkips } = probe
      const ratios = stretchRatios(probe.ratios, run.steps * run.evaluationsPerStep)
      const retention = probe.warmup < 1 ? probe.warmup : probe.warmup / Math.max(run.steps, 1)
      return { kind: 'magcache', threshold, ratios, retention, maxSkips }
    }
    case 'taylorseer': {
      const { every, order, of } = probe
      return { kind: 'taylorseer', every, order, of, warmupSteps }
    }
  }
}
