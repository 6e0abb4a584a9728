import { describe, expect, it, test } from 'vitest'
import {
  actions,
  type CachedRun,
  callsOf,
  EAGER,
  type Evaluation,
  rows,
  runCached,
  WALK,
} from '../testing/run-cached.ts'
import type { BranchStep } from './branch-step.ts'
import type { DiCachePolicy } from './policy.ts'

describe('branches', () => {
  /** One branch that hardly moves, one that jumps at every step. */
  const calm: readonly Evaluation[] = [4, 4.125, 4.25, 4.375, 4.5].map((value, n) => ({
    x: rows([value, value]),
    sigma: 1 - n / 8,
  }))
  const wild: readonly Evaluation[] = [1, 5, -3, 6, 2].map((value, n) => ({
    x: rows([value, 1]),
    sigma: 1 - n / 8,
  }))
  const policy: DiCachePolicy = { ...EAGER, threshold: 0.5 }

  const stack = (...of: readonly (readonly Evaluation[])[]): readonly Evaluation[] =>
    calm.map(({ sigma }, n) => ({
      x: rows(...of.map((steps) => Array.from(steps[n]?.x.data ?? []))),
      sigma,
    }))
  const ofBranch = (
    stacked: CachedRun,
    branch: number,
    width: number,
  ): Pick<CachedRun, 'outs'> & { readonly steps: unknown } => ({
    outs: stacked.outs.map((out) => out.slice(branch * width, (branch + 1) * width)),
    steps: stacked.steps.filter((step) => step.branch === branch).map(comparable),
  })
  /** What a step says of itself, without whom it ran beside. */
  const comparable = (step: BranchStep): unknown => ({ ...step, branch: 0, together: 0 })

  it('decide alone, the same by themselves, stacked, and in either order', async () => {
    const [a, b] = [await runCached(policy, calm), await runCached(policy, wild)]
    const ab = await runCached(policy, stack(calm, wild), { branches: 2 })
    const ba = await runCached(policy, stack(wild, calm), { branches: 2 })
    const alone = (one: CachedRun): unknown => ({ outs: one.outs, steps: one.steps.map(comparable) })
    expect(ofBranch(ab, 0, 2)).toEqual(alone(a))
    expect(ofBranch(ab, 1, 2)).toEqual(alone(b))
    expect(ofBranch(ba, 1, 2)).toEqual(alone(a))
    expect(ofBranch(ba, 0, 2)).toEqual(alone(b))
    expect(actions(a)).not.toEqual(actions(b))
    expect(
      actions(a).filter((action) => action !== 'forced' && action !== 'refreshed').length,
    ).toBeGreaterThan(2)
    expect(actions(b).slice(1)).toContain('refreshed')
  })

  it('keep their order when only those in the middle are reused', async () => {
    const three = await runCached(policy, stack(wild, calm, wild), { branches: 3 })
    const both = callsOf(three, 'deep').map(({ samples }) => samples)
    expect(both).toContainEqual({ start: 0, count: 1 })
    expect(both).toContainEqual({ start: 2, count: 1 })
    expect(ofBranch(three, 0, 2)).toEqual(ofBranch(three, 2, 2))
    expect(ofBranch(three, 1, 2).outs).toEqual((await runCached(policy, calm)).outs)
  })

  it('that do the same go through one call', async () => {
    const twins = await runCached(policy, stack(calm, calm), { branches: 2 })
    expect(callsOf(twins, 'deep').every(({ samples }) => samples.count === 2)).toBe(true)
    expect(callsOf(twins, 'reuse').length).toBeGreaterThan(0)
    expect(callsOf(twins, 'reuse').every(({ samples }) => samples.count === 2)).toBe(true)
    expect(twins.steps.map(({ together }) => together)).toEqual(twins.steps.map(() => 2))
  })

  it('of several samples each share one γ, and none with the next branch', async () => {
    const pairs = calm.map(({ sigma }, n) => {
      const [a = 0, b = 0] = [calm[n]?.x.data[0], wild[n]?.x.data[0]]
      return { x: rows([a, a], [a, 1], [b, 1], [b, b]), sigma }
    })
    const { split } = await runCached({ ...EAGER, warmupSteps: 2 }, pairs, { branches: 2 })
    const call = split.calls.find((one) => one.part === 'reuse')
    expect(call?.part === 'reuse' && [...call.options.groups.data]).toEqual([
      1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1,
    ])
  })
})

describe('what is remembered goes', () => {
  it('when σ rises: another run began', async () => {
    const again = await runCached(EAGER, [...WALK.slice(0, 3), ...WALK.slice(0, 2)])
    expect(actions(again)).toEqual(['forced', 'zero-order', 'zero-order', 'forced', 'zero-order'])
    expect(again.steps.at(3)?.reason).toBe('no-anchor')
    expect(callsOf(again, 'probe').at(3)?.previous).toBeUndefined()
    expect(again.outs.slice(3)).toEqual(again.outs.slice(0, 2))
  })

  it('but not when σ stays, as between the two evaluations of a second-order step', async () => {
    const steps = [WALK[0], WALK[1], WALK[1]].flatMap((step) => (step === undefined ? [] : [step]))
    expect(actions(await runCached(EAGER, steps))).toEqual(['forced', 'zero-order', 'zero-order'])
  })

  it('when the number of samples changes', async () => {
    const wider = await runCached(EAGER, [
      { x: rows([1, 2]), sigma: 1 },
      { x: rows([1, 2], [3, 4]), sigma: 0.5 },
      { x: rows([1, 2], [3, 4]), sigma: 0.25 },
    ])
    expect(actions(wider)).toEqual(['forced', 'forced', 'zero-order'])
    expect(callsOf(wider, 'probe').map(({ previous }) => previous?.h0.shape)).toEqual([
      undefined,
      undefined,
      [2, 2],
    ])
  })

  it('with the value: two runs share nothing', async () => {
    const [one, two] = [await runCached(EAGER, WALK), await runCached(EAGER, WALK)]
    expect(two.outs).toEqual(one.outs)
    expect(two.steps).toEqual(one.steps)
  })
})

test('the sampler’s step decides about warm-up and last step, however many evaluations it takes', async () => {
  const evaluations = WALK.slice(0, 4).flatMap(({ x, sigma }, step) =>
    [0, 1].map((order) => ({ x, sigma, step, order })),
  )
  const policy = { ...EAGER, warmupSteps: 1, forceLast: true }
  const heun = await runCached(policy, evaluations, { steps: 4 })
  expect(actions(heun).map((action) => action === 'forced')).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    true,
    true,
  ])
  expect(heun.steps.map(({ step, order }) => [step, order])).toEqual(
    evaluations.map(({ step, order }) => [step, order]),
  )
})
