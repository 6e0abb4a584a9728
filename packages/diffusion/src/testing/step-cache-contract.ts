/** What every step cache promises, whatever its rule: each one's test calls this. */
import { floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import type { StepCachePolicy } from '../step-cache/policy.ts'
import type { Measure, Place, Seen, Strategy } from '../step-cache/strategy.ts'
import { createClosedFormSplit } from './closed-form-split.ts'
import { type CachedRun, callsOf, type Evaluation, isReused, rows, runCached } from './run-cached.ts'

export type ContractSubject<S, M extends Measure> = {
  /** Settings that reuse often, and settings that compute everything. */
  readonly eager: StepCachePolicy
  readonly exact: StepCachePolicy
  /** The eager policy's rule, and numbers to put through it. */
  readonly strategy: Strategy<S, M>
  readonly seen: readonly Seen[M][]
}

const STEPS = 24

/** Falling σ with latents that move a little: all values have few bits, so that sums are exact. */
const LONG: readonly Evaluation[] = Array.from({ length: STEPS }, (_, n) => ({
  x: rows([1 + n / 16, n / 32 - 2]),
  sigma: 1 - n / 32,
}))

/** The same, of two branches that move differently. */
const BOTH: readonly Evaluation[] = LONG.map(({ x, sigma }, n) => ({
  x: rows([...x.data], [n % 3, 4 - n / 8]),
  sigma,
}))

const swapped = (evaluations: readonly Evaluation[]): readonly Evaluation[] =>
  evaluations.map(({ x, sigma }) => ({
    x: rows(Array.from(x.data.subarray(2)), Array.from(x.data.subarray(0, 2))),
    sigma,
  }))

/** What was done, without what it ran beside. */
const told = (run: CachedRun, branch = 0): unknown =>
  run.steps
    .filter((step) => step.branch === branch)
    .map((step) => ({ ...step, branch: 0, together: 0, shadow: undefined }))

const part = (run: CachedRun, branch: number): readonly (readonly number[])[] =>
  run.outs.map((out) => out.slice(branch * 2, (branch + 1) * 2))

export function stepCacheContract<S, M extends Measure>(name: string, subject: ContractSubject<S, M>): void {
  const { eager, exact, strategy } = subject
  const whole = (evaluations: readonly Evaluation[]): readonly (readonly number[])[] =>
    evaluations.map(({ x, sigma }) => Array.from(createClosedFormSplit().whole(x, sigma).data))

  describe(`${name} keeps the step cache’s promises`, () => {
    it('gives the bits of no cache where its settings compute everything', async () => {
      const run = await runCached(exact, LONG)
      expect(run.outs).toEqual(whole(LONG))
      expect(run.steps.some(isReused)).toBe(false)
      expect([...callsOf(run, 'reuse'), ...callsOf(run, 'head')]).toEqual([])
    })

    it('computes the first evaluation, reuses later ones, and runs fewer deep calls for it', async () => {
      const run = await runCached(eager, LONG)
      const reused = run.steps.filter(isReused)
      expect(isReused(run.steps[0])).toBe(false)
      expect(reused.length).toBeGreaterThan(STEPS / 3)
      expect(callsOf(run, 'deep')).toHaveLength(STEPS - reused.length)
      expect(run.outs).not.toEqual(whole(LONG))
    })

    it('is exact where nothing changes: what is kept is applied once', async () => {
      const still = LONG.map(() => LONG[0]).flatMap((evaluation) => evaluation ?? [])
      expect((await runCached(eager, still)).outs).toEqual(whole(still))
    })

    it('leaves nothing behind: two runs, an abandoned run, σ that rises, another size', async () => {
      const first = await runCached(eager, LONG)
      await runCached(eager, LONG.slice(0, 7))
      const again = await runCached(eager, LONG)
      expect([again.outs, told(again)]).toEqual([first.outs, told(first)])
      const restarted = await runCached(eager, [...LONG.slice(0, 9), ...LONG], {
        steps: STEPS,
        stepOf: (n) => (n < 9 ? n : n - 9),
      })
      expect(restarted.outs.slice(9)).toEqual(first.outs)
      expect((told(restarted) as unknown[]).slice(9)).toEqual(told(first))
      const wide = LONG.map(({ x, sigma }) => ({
        x: floatTensor([2, 2], Float32Array.from([...x.data, ...x.data])),
        sigma,
      }))
      const grown = await runCached(eager, [...wide.slice(0, 9), ...LONG.slice(9)])
      expect(isReused(grown.steps[9])).toBe(false)
    })

    it('decides the same for stacked branches, branches apart, and either order', async () => {
      const stacked = await runCached(eager, BOTH, { branches: 2 })
      const apart = await runCached(eager, BOTH, { branches: 2, apart: true })
      expect(apart.outs).toEqual(stacked.outs)
      expect([told(apart, 0), told(apart, 1)]).toEqual([told(stacked, 0), told(stacked, 1)])
      if (strategy.scope !== 'independent') return
      const reversed = await runCached(eager, swapped(BOTH), { branches: 2 })
      expect([part(reversed, 1), part(reversed, 0)]).toEqual([part(stacked, 0), part(stacked, 1)])
      expect(told(reversed, 1)).toEqual(told(stacked, 0))
      const alone = await runCached(eager, LONG)
      expect([part(stacked, 0), told(stacked, 0)]).toEqual([alone.outs, told(alone)])
    })

    it('only tells, in shadow mode, what it would do: the result has the bits of no cache', async () => {
      const shadow = await runCached(eager, LONG, { shadow: true })
      expect(shadow.outs).toEqual(whole(LONG))
      expect(shadow.steps.every(({ parts }) => parts.includes('deep'))).toBe(true)
      const reused = shadow.steps.filter(isReused)
      expect(reused.length).toBeGreaterThan(STEPS / 3)
      for (const { shadow: tried } of reused) expect(tried?.error).toBeGreaterThanOrEqual(0)
      const real = await runCached(eager, LONG)
      const start = real.steps.findIndex(isReused)
      expect((told(shadow) as unknown[]).slice(0, start)).toEqual((told(real) as unknown[]).slice(0, start))
      expect(shadow.steps[start]).toMatchObject({
        action: real.steps[start]?.action,
        accCompared: real.steps[start]?.accCompared,
      })
    })

    it('holds no more tensors after many evaluations than after a few', async () => {
      const many = Array.from({ length: 200 }, (_, n) => ({ x: rows([n % 7, 2]), sigma: 1 - n / 256 }))
      const [few, all] = [await runCached(eager, many.slice(0, 20)), await runCached(eager, many)]
      expect(all.heldBytes).toBe(few.heldBytes)
      expect(all.heldBytes).toBeGreaterThan(0)
    })

    it('is a pure rule: the same state and numbers give the same verdict, and neither is touched', () => {
      let state: S = strategy.start
      for (const [step, seen] of subject.seen.entries()) {
        const place: Place = {
          step,
          steps: subject.seen.length,
          evaluation: step,
          time: step,
          sigma: 1 - step / subject.seen.length,
          branch: 0,
          branches: 1,
        }
        const at = Object.freeze({ place: Object.freeze(place), seen: frozen(seen) })
        const before = JSON.stringify(state)
        const verdict = strategy.decide(frozen(state), at)
        expect(strategy.decide(state, at)).toEqual(verdict)
        expect(JSON.stringify(state)).toBe(before)
        state = verdict.state
      }
    })
  })
}

function frozen<T>(value: T): T {
  return typeof value === 'object' && value !== null ? Object.freeze(value) : value
}
