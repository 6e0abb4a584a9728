/** A sampling run with DiCache against its trace: every decision, every scalar, and the final latents. */
import { type BranchStep, createCachedForward, NO_CACHE, type StepCachePolicy } from '@dicache/diffusion'
import { axpy, type FloatTensor } from '@dicache/tensor'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { list, numberOf, record, text } from '../json.ts'
import { type FluxCase, fluxConstants, openFluxCase, openFluxSplit, policyOfTrace } from './flux-case.ts'

export function coversTrace(json: unknown): boolean {
  return text(record(json)['model']) === 'flux'
}

const ACTIONS: Readonly<Record<BranchStep['action'], string>> = {
  forced: 'full_forced',
  refreshed: 'full_adaptive',
  'zero-order': 'reuse_zero_order',
  dcta: 'reuse_dcta',
}

type Run = { readonly final: FloatTensor; readonly steps: readonly BranchStep[] }

export async function* checkTrace(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const json = record(c.json)
  const [weights = ''] = Object.keys(record(json['weights']))
  const model = await openFluxCase(c, weights)
  const trace = record(await c.readJson('trace.json'))
  const atol = record(record(json['tolerance'])['atol'])
  const relative = Number(record(json['tolerance'])['trace_scalars_relative'])
  const pending = new Set(c.tensorNames.filter((name) => name.startsWith('final.')))

  async function* compareFinal(name: string, got: FloatTensor): AsyncGenerator<Check> {
    pending.delete(`final.${name}`)
    const expected = asFloat(name, await c.tensor(`final.${name}`))
    yield compareNumbers(`final.${name}`, got, expected, Number(atol[`final.${name}`] ?? 0))
  }

  try {
    yield* compareFinal(
      'uncached',
      (await runTrace(c, context, { model, depth: 1, policy: NO_CACHE, stale: false })).final,
    )
    for (const semantics of ['official', 'reference']) {
      if (trace[semantics] === undefined) continue
      const expected = record(trace[semantics])
      const config = record(expected['config'])
      const depth = Number(config['probe_depth'])
      const stale = semantics === 'official' && depth > model.config.doubleBlocks / 2
      const policy = policyOfTrace(config, Number(json['threshold']))
      const run = await runTrace(c, context, { model, depth, policy, stale })
      yield* compareSteps(semantics, run.steps, list(expected['calls']).map(record), relative)
      yield* compareFinal(semantics, run.final)
    }
    for (const name of pending) yield unknownTensor(name)
  } finally {
    await model.file.close()
  }
}

async function runTrace(
  c: CaseReader,
  context: VerifyContext,
  run: {
    readonly model: FluxCase
    readonly depth: number
    readonly policy: StepCachePolicy
    readonly stale: boolean
  },
): Promise<Run> {
  const constants = await fluxConstants(c, run.model.config, 'cond.')
  const noise = asFloat('noise', await c.tensor('noise'))
  const sigmas = asFloat('sigmas', await c.tensor('sigmas')).data
  const split = await openFluxSplit(context.openGraph, run.model, {
    depth: run.depth,
    constants,
    shape: noise.shape,
  })
  const steps: BranchStep[] = []
  const forward = createCachedForward(split, {
    policy: run.policy,
    branches: 1,
    steps: sigmas.length - 1,
    now: () => 0,
    onStep: (step) => steps.push(step),
    staleProbe: run.stale,
  })
  let x = noise
  for (let step = 0; step + 1 < sigmas.length; step += 1) {
    const sigma = sigmas[step] ?? 0
    const velocity = await forward(x, sigma, { step, order: 0 })
    x = axpy(Math.fround((sigmas[step + 1] ?? 0) - sigma), velocity, x)
  }
  return { final: x, steps }
}

const SCALARS = [
  ['delta_x', 'deltaX'],
  ['delta_y', 'deltaY'],
  ['error', 'indicator'],
  ['acc_before', 'accBefore'],
  ['acc_compared', 'accCompared'],
  ['acc_after', 'accAfter'],
  ['gamma_raw', 'gammaRaw'],
  ['gamma', 'gamma'],
] as const

/** Decisions must be equal; scalars may differ by `relative` of max(1, |expected|); null where there is none. */
export function* compareSteps(
  label: string,
  steps: readonly BranchStep[],
  calls: readonly Readonly<Record<string, unknown>>[],
  relative: number,
): Generator<Check> {
  const decisions = steps.map(({ action }) => ACTIONS[action])
  const wanted = calls.map((call) => text(call['decision']))
  const wrong = wanted.findIndex((decision, n) => decision !== decisions[n])
  const ok = wrong === -1 && decisions.length === wanted.length
  const note = ok
    ? 'exact'
    : `call ${wrong}: ${decisions[wrong] ?? 'none'}, expected ${wanted[wrong] ?? 'none'}`
  yield { name: `${label}.decisions`, worst: ok ? 0 : 1, tolerance: 0, ok, note }
  for (const [key, field] of SCALARS) {
    let worst = 0
    for (const [n, call] of calls.entries())
      worst = Math.max(worst, gap(steps[n]?.[field], numberOf(call[key])))
    yield { name: `${label}.${key}`, worst, tolerance: relative, ok: worst <= relative, note: 'relative' }
  }
}

function gap(got: number | undefined, expected: number | undefined): number {
  if (Object.is(got, expected)) return 0
  if (got === undefined || expected === undefined) return Number.POSITIVE_INFINITY
  const difference = Math.abs(got - expected) / Math.max(1, Math.abs(expected))
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}
