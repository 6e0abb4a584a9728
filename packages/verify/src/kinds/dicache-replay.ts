/**
 * A trace of a family whose transformer is not here: its recorded indicators go through the step cache again. Decisions, accumulators and
 * clipped γ must be exactly those of the trace; what the transformer would have to give is left unchecked, and said so.
 */
import { type BranchStep, createCachedForward, type SplitForward } from '@dicache/diffusion'
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { type CaseReader, type Check, failedCheck } from '../check.ts'
import { list, numberOf, record, text } from '../json.ts'
import { compareSteps } from './compare-steps.ts'
import { policyOfTrace } from './flux-case.ts'

type Call = Readonly<Record<string, unknown>>

/** Scalars that the replay is fed with, and latents that it cannot compute. */
export function uncheckedByReplay(tensorNames: readonly string[]): readonly string[] {
  return [
    ...tensorNames.filter((name) => name.startsWith('final.')),
    'delta_x',
    'delta_y',
    'gamma_raw',
    'out_norm',
  ]
}

export async function* checkReplay(c: CaseReader): AsyncGenerator<Check> {
  const json = record(c.json)
  const trace = record(await c.readJson('trace.json'))
  for (const semantics of ['official', 'reference']) {
    if (trace[semantics] === undefined) continue
    const { config, calls } = record(trace[semantics])
    const expected = list(calls).map(record)
    if (expected.length === 0) {
      yield failedCheck(semantics, 'the trace has no calls')
      continue
    }
    const steps = await replay(expected, record(config), Number(json['threshold']))
    yield* compareSteps(semantics, steps, expected, {
      relative: 0,
      scalars: ['error', 'acc_before', 'acc_compared', 'acc_after', 'gamma'],
    })
  }
}

/** Runs the recorded calls, streams stacked as branches, in the order in which the trace has them. */
async function replay(
  calls: readonly Call[],
  config: Call,
  threshold: number,
): Promise<readonly BranchStep[]> {
  const streams = Number(config['streams'] ?? 1)
  const count = calls.length / streams
  const steps: BranchStep[] = []
  let step = 0
  const forward = createCachedForward(
    recorded(streams, () => calls.slice(step * streams, (step + 1) * streams)),
    {
      policy: policyOfTrace(config, threshold),
      branches: streams,
      steps: count,
      now: () => 0,
      onStep: (taken) => steps.push(taken),
    },
  )
  const x = floatTensor([streams, 1])
  for (; step < count; step += 1) {
    await forward(x, numberOf(calls[step * streams]?.['sigma']) ?? 0, { step, order: 0 })
  }
  return steps
}

/** A split forward that gives the indicators and γ of the calls at hand, a sample each. */
function recorded(streams: number, calls: () => readonly Call[]): SplitForward {
  const tokens = floatTensor([streams, 1])
  const ones = floatTensor([streams], new Float32Array(streams).fill(1))
  const column = (key: string): FloatTensor =>
    floatTensor(
      [streams],
      Float32Array.from(calls(), (call) => numberOf(call[key]) ?? Number.NaN),
    )
  return {
    async probe(_, sigma) {
      const [dx, dy] = [column('delta_x'), column('delta_y')]
      return { sigma, h0: tokens, hm: tokens, signal: tokens, carried: {}, dx, mx: ones, dy, my: ones }
    },
    async deep(_, { count }) {
      const rows = floatTensor([count, 1])
      return { residual: rows, probeResidual: rows, out: rows }
    },
    async reuse(_, { start, count }, __, { anchors }) {
      const gamma = floatTensor([count], column('gamma_raw').data.slice(start, start + count))
      return { out: floatTensor([count, 1]), gamma, aligned: Array.from(gamma.data, () => anchors === 2) }
    },
    head: () => Promise.reject(new RangeError('a trace of DiCache has no other answer than reuse')),
  }
}

/** Whether a case is a trace of a family that only a replay can check. */
export function isReplayed(json: unknown): boolean {
  return ['hunyuan', 'wan'].includes(text(record(json)['model']))
}
