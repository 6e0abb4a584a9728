import { describe, expect, it } from 'vitest'
import { closedForm } from '../testing/closed-form-split.ts'
import { actions, callsOf, type Evaluation, rows, runCached } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { taylorseer, type TaylorSeerPolicy } from './taylorseer.ts'

const POLICY: TaylorSeerPolicy = { kind: 'taylorseer', every: 4, order: 1, of: 'output', warmupSteps: 3 }

for (const of of ['output', 'hidden'] as const) {
  for (const order of [1, 2] as const) {
    const policy = { ...POLICY, of, order }
    stepCacheContract(`TaylorSeer of the ${of}, order ${order}`, {
      eager: policy,
      exact: { ...policy, every: 1 },
      strategy: taylorseer(policy),
      seen: Array.from({ length: 12 }, () => undefined),
    })
  }
}

const evaluations: readonly Evaluation[] = Array.from({ length: 14 }, (_, n) => ({
  x: rows([n / 4, 2]),
  sigma: 1 - n / 16,
}))

describe('TaylorSeer', () => {
  it('computes 0, 1, 2, 4, 8, 12, and forecasts the last step too', async () => {
    const run = await runCached(POLICY, evaluations)
    const computed = actions(run).flatMap((action, n) => (action === 'forecast' ? [] : [n]))
    expect(computed).toEqual([0, 1, 2, 4, 8, 12])
    expect(run.steps.map(({ extra }) => extra['offset'])).toEqual([0, 0, 0, 1, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1])
    expect(run.steps.slice(0, 3).map(({ extra }) => extra['orders'])).toEqual([1, 2, 2])
  })

  it('follows a line exactly at order 1, a parabola at order 2', async () => {
    const { h0, last, head } = closedForm
    // At one σ the velocity is a parabola of x, and x is linear in the step.
    const still = evaluations.map(({ x }) => ({ x, sigma: 0.5 }))
    const exact = (n: number): number => head(last(h0(n / 4), 0.5), 0.5)
    const parabola = await runCached({ ...POLICY, order: 2 }, still)
    const line = await runCached(POLICY, still)
    // Derivatives are divided differences, not derivatives: the step after equal spacing is exact at its own order only.
    const slope = exact(2) - exact(1)
    expect(line.outs[3]?.[0]).toBeCloseTo(exact(2) + slope, 5)
    const curve = slope - (exact(1) - exact(0))
    expect(parabola.outs[3]?.[0]).toBeCloseTo(exact(2) + slope + curve / 2, 5)
  })

  it('runs nothing for the output, and the head alone for hidden tokens', async () => {
    const output = await runCached(POLICY, evaluations)
    expect(callsOf(output, 'probe')).toHaveLength(6)
    expect(callsOf(output, 'head')).toEqual([])
    const hidden = await runCached({ ...POLICY, of: 'hidden' }, evaluations)
    expect(callsOf(hidden, 'head')).toHaveLength(8)
    expect(callsOf(hidden, 'deep')).toHaveLength(6)
    expect(hidden.steps[3]?.parts).toEqual(['probe', 'head'])
    const { h0, last, head } = closedForm
    const at = (n: number): number => last(h0(n / 4), 1 - n / 16)
    expect(hidden.outs[3]?.[0]).toBeCloseTo(head(at(2) + (at(2) - at(1)), 1 - 3 / 16), 5)
  })

  it('measures time by σ inside a second-order step, where two evaluations share a noise level', async () => {
    const sigmas = evaluations.map(({ sigma }) => sigma)
    const heun = evaluations.slice(0, -1).flatMap(({ x, sigma }, step) => [
      { x, sigma, step, order: 0 },
      { x: rows([(step + 1) / 4, 2]), sigma: sigma - 1 / 16, step, order: 1 },
    ])
    const run = await runCached(POLICY, heun, { steps: 13, sigmas })
    const offsets = run.steps.map(({ extra }) => extra['offset'])
    // Step 3 forecasts from step 2's second evaluation, which lies where step 3 begins.
    expect(offsets.slice(0, 10)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
    const { h0, last, head } = closedForm
    expect(run.outs[6]?.[0]).toBe(head(last(h0(3 / 4), 1 - 3 / 16), 1 - 3 / 16))
    expect(run.outs.flat().every(Number.isFinite)).toBe(true)
  })
})
