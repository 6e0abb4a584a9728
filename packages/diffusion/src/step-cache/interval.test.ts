import { expect, it } from 'vitest'
import { closedForm } from '../testing/closed-form-split.ts'
import { actions, callsOf, type Evaluation, rows, runCached } from '../testing/run-cached.ts'
import { stepCacheContract } from '../testing/step-cache-contract.ts'
import { interval, type IntervalPolicy } from './interval.ts'

const POLICY: IntervalPolicy = { kind: 'interval', every: 3, warmupSteps: 2, forceLast: false }

stepCacheContract('interval', {
  eager: POLICY,
  exact: { ...POLICY, every: 1 },
  strategy: interval(POLICY),
  seen: Array.from({ length: 9 }, () => undefined),
})

const evaluations: readonly Evaluation[] = Array.from({ length: 10 }, (_, n) => ({
  x: rows([n, 1]),
  sigma: 1 - n / 16,
}))
const computed = (policy: IntervalPolicy): Promise<readonly number[]> =>
  runCached(policy, evaluations).then((run) =>
    actions(run).flatMap((action, n) => (action === 'zero-order' ? [] : [n])),
  )

it('counts from the end of the warm-up, and may force the last step', async () => {
  expect(await computed(POLICY)).toEqual([0, 1, 2, 5, 8])
  expect(await computed({ ...POLICY, forceLast: true })).toEqual([0, 1, 2, 5, 8, 9])
  expect(await computed({ ...POLICY, warmupSteps: 0, every: 4 })).toEqual([0, 4, 8])
})

it('adds the last residual to fresh embeddings, under a fresh head', async () => {
  const run = await runCached(POLICY, evaluations)
  const { h0, last, head } = closedForm
  const residual = last(h0(2), 1 - 2 / 16) - h0(2)
  expect(run.outs[3]?.[0]).toBe(head(h0(3) + residual, 1 - 3 / 16))
  expect(callsOf(run, 'reuse')).toEqual([])
})

it('decides by the sampler’s step: both evaluations of a second-order step do the same', async () => {
  const twice = evaluations.flatMap(({ x, sigma }, step) => [
    { x, sigma, step, order: 0 },
    { x, sigma: sigma - 1 / 16, step, order: 1 },
  ])
  const steps = actions(await runCached(POLICY, twice, { steps: 10 }))
  for (let n = 0; n < steps.length; n += 2)
    expect(steps[n] === 'zero-order').toBe(steps[n + 1] === 'zero-order')
})
