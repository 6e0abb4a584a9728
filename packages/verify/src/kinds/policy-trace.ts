/** A sampling run with one of the other step caches against its trace: every decision, every scalar, and the final latents. */
import { type BranchStep, NO_CACHE, splitNeeds, type StepCachePolicy } from '@dicache/diffusion'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  failedCheck,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { list, numberOf, numbersOf, record, text } from '../json.ts'
import { compareDecisions, relativeGap, runSteps } from './cached-run.ts'
import { fluxConstants, openFluxCase, openFluxSplit } from './flux-case.ts'

type Json = Readonly<Record<string, unknown>>

/** A call of a run as a trace can name it. */
type Call = { readonly step: BranchStep; readonly outNorm: number }

export function coversPolicyTrace(json: unknown): boolean {
  return text(record(json)['model']) === 'flux'
}

export async function* checkPolicyTrace(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  const json = record(c.json)
  const [weights = ''] = Object.keys(record(json['weights']))
  const cached = record(record(await c.readJson('trace.json'))['cached'])
  const policy = policyOf(record(cached['config']))
  if (policy === undefined) {
    yield failedCheck('policy', `not covered: ${text(record(cached['config'])['policy'])}`)
    return
  }
  const atol = record(record(json['tolerance'])['atol'])
  const relative = Number(record(json['tolerance'])['trace_scalars_relative'])
  const model = await openFluxCase(c, weights)
  const pending = new Set(c.tensorNames.filter((name) => name.startsWith('final.')))

  async function* runWith(name: string, of: StepCachePolicy): AsyncGenerator<Check, readonly Call[]> {
    const shape = asFloat('noise', await c.tensor('noise')).shape
    const constants = await fluxConstants(c, model.config, 'cond.')
    const depth = of.kind === 'fbcache' || of.kind === 'none' ? 1 : 0
    const split = await openFluxSplit(context.openGraph, model, {
      depth,
      constants,
      shape,
      needs: splitNeeds(of),
    })
    const { final, steps, outNorms } = await runSteps(c, split, { policy: of })
    pending.delete(`final.${name}`)
    const expected = asFloat(name, await c.tensor(`final.${name}`))
    yield compareNumbers(`final.${name}`, final, expected, Number(atol[`final.${name}`] ?? 0))
    return steps.map((step, n) => ({ step, outNorm: outNorms[n] ?? Number.NaN }))
  }

  try {
    yield* runWith('uncached', NO_CACHE)
    const calls = yield* runWith('cached', policy)
    yield* compareCalls(calls, list(cached['calls']).map(record), relative)
    for (const name of pending) yield unknownTensor(name)
  } finally {
    await model.file.close()
  }
}

const DECISIONS: Readonly<Record<BranchStep['action'], string>> = {
  forced: 'full',
  refreshed: 'full',
  'zero-order': 'reuse',
  dcta: 'reuse',
  forecast: 'forecast',
}

/** What a trace's keys are called here. */
const SCALARS: Readonly<Record<string, (call: Call) => number | undefined>> = {
  sigma: ({ step }) => step.sigma,
  value: ({ step }) => step.accCompared,
  acc_after: ({ step }) => step.accAfter,
  change: ({ step }) => step.extra['change'],
  input_change: ({ step }) => step.extra['inputChange'],
  rate: ({ step }) => step.extra['rate'],
  // Forced calls have no gate, and end a run of reused ones.
  consecutive: ({ step }) => step.extra['consecutive'] ?? 0,
  offset: ({ step }) => step.extra['offset'],
  orders: ({ step }) => step.extra['orders'],
  out_norm: ({ outNorm }) => outNorm,
}

function* compareCalls(
  calls: readonly Call[],
  expected: readonly Json[],
  relative: number,
): Generator<Check> {
  yield compareDecisions(
    'decisions',
    calls.map(({ step }) => DECISIONS[step.action]),
    expected.map((call) => text(call['decision'])),
  )
  const steps = calls.map(({ step }) => String(step.step))
  yield compareDecisions(
    'steps',
    steps,
    expected.map((call) => String(call['step'])),
  )
  const keys = new Set(expected.flatMap((call) => Object.keys(call)))
  for (const key of keys) {
    if (key === 'decision' || key === 'step') continue
    const read = SCALARS[key]
    if (read === undefined) {
      yield failedCheck(key, 'not covered: the check does not know this scalar')
      continue
    }
    const worst = Math.max(
      ...expected.map((call, n) => {
        const got = calls[n]
        return relativeGap(got === undefined ? undefined : read(got), numberOf(call[key]))
      }),
    )
    yield { name: key, worst, tolerance: relative, ok: worst <= relative, note: 'relative' }
  }
}

/** A policy as a trace's `config` words it. */
function policyOf(config: Json): StepCachePolicy | undefined {
  const number = (name: string): number => numberOf(config[name]) ?? Number.NaN
  switch (config['policy']) {
    case 'FixedInterval':
      return {
        kind: 'interval',
        every: number('interval'),
        warmupSteps: number('warmup_steps'),
        forceLast: config['force_last'] === true,
      }
    case 'TeaCache':
      return {
        kind: 'teacache',
        threshold: number('threshold'),
        coefficients: numbersOf(config['coefficients']),
        warmupSteps: 1,
        forceLast: true,
      }
    case 'FBCache':
      return {
        kind: 'fbcache',
        threshold: number('threshold'),
        warmupSteps: 0,
        forceLast: false,
        maxConsecutive: Number.POSITIVE_INFINITY,
      }
    case 'EasyCache':
      return {
        kind: 'easycache',
        threshold: number('threshold'),
        startSigma: number('start_sigma'),
        endSigma: number('end_sigma'),
      }
    case 'MagCache':
      return {
        kind: 'magcache',
        threshold: number('threshold'),
        ratios: numbersOf(config['ratios']),
        retention: number('retention_ratio'),
        maxSkips: number('max_skips'),
      }
    case 'TaylorSeer':
      return {
        kind: 'taylorseer',
        every: number('interval'),
        order: number('order') === 2 ? 2 : 1,
        of: config['feature'] === 'hidden' ? 'hidden' : 'output',
        warmupSteps: number('disable_before'),
      }
    default:
      return undefined
  }
}
