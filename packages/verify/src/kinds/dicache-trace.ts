/** A sampling run with DiCache against its trace: every decision, every scalar, and the final latents. */
import { NO_CACHE, type StepCachePolicy } from '@dicache/diffusion'
import type { FloatTensor } from '@dicache/tensor'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { list, record, text } from '../json.ts'
import { type CachedRun, runSteps } from './cached-run.ts'
import { compareSteps } from './compare-steps.ts'
import { type FluxCase, fluxConstants, openFluxCase, openFluxSplit, policyOfTrace } from './flux-case.ts'

export function coversTrace(json: unknown): boolean {
  return text(record(json)['model']) === 'flux'
}

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
      yield* compareSteps(semantics, run.steps, list(expected['calls']).map(record), { relative })
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
): Promise<CachedRun> {
  const constants = await fluxConstants(c, run.model.config, 'cond.')
  const { shape } = asFloat('noise', await c.tensor('noise'))
  const split = await openFluxSplit(context.openGraph, run.model, { depth: run.depth, constants, shape })
  return runSteps(c, split, { policy: run.policy, staleProbe: run.stale })
}
