import type { ConditioningEntry, ConditioningValue, NodeDefinition } from '@dicache/sdk'
import { nodeContract, runNode } from '@dicache/sdk/testing'
import { floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import { branchesOf } from '../../pipeline/guider.ts'
import type { ModelValue } from '../../pipeline/values.ts'
import {
  conditioningAverage,
  conditioningCombine,
  conditioningConcat,
  conditioningSetArea,
  conditioningSetTimestepRange,
  conditioningZeroOut,
} from './conditioning-nodes.ts'

const prompt = (tokens: number, value: number, pooled?: number): ConditioningEntry => ({
  context: floatTensor([1, tokens, 2], new Float32Array(tokens * 2).fill(value)),
  ...(pooled !== undefined && { pooled: floatTensor([1, 2], Float32Array.of(pooled, pooled)) }),
  guidance: 3.5,
})
const a = [prompt(3, 1, 10)]
const b = [prompt(2, 5, 20)]

async function run(
  node: NodeDefinition,
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<ConditioningValue> {
  const { outputs } = await runNode(node, { inputs, params })
  return (outputs as { readonly conditioning: ConditioningValue }).conditioning
}

const pair = { conditioning_to: a, conditioning_from: b }
it.each([
  ['Combine', conditioningCombine, { conditioning_1: a, conditioning_2: b }],
  ['Average', conditioningAverage, pair],
  ['Concat', conditioningConcat, pair],
  ['ZeroOut', conditioningZeroOut, { conditioning: a }],
  ['SetTimestepRange', conditioningSetTimestepRange, { conditioning: a }],
  ['SetArea', conditioningSetArea, { conditioning: a }],
] as const)('%s keeps the contract', (_, node, inputs) => nodeContract(node, { inputs }))

describe('prompts from prompts', () => {
  it('averages vectors; missing tokens are zeros', async () => {
    const [mixed] = await run(conditioningAverage, pair, { conditioning_to_strength: 0.75 })
    expect([...(mixed?.context.data ?? [])]).toEqual([2, 2, 2, 2, 0.75, 0.75])
    expect([...(mixed?.pooled?.data ?? [])]).toEqual([12.5, 12.5])
    const [cut] = await run(
      conditioningAverage,
      { conditioning_to: b, conditioning_from: [prompt(3, 1)] },
      { conditioning_to_strength: 0.5 },
    )
    expect([...(cut?.context.data ?? [])]).toEqual([3, 3, 3, 3])
    expect([...(cut?.pooled?.data ?? [])]).toEqual([20, 20])
  })

  it('puts tokens behind tokens, and zeroes', async () => {
    const [joined] = await run(conditioningConcat, pair)
    expect(joined?.context.shape).toEqual([1, 5, 2])
    expect([...(joined?.context.data ?? [])]).toEqual([1, 1, 1, 1, 1, 1, 5, 5, 5, 5])
    expect(joined?.pooled).toBe(a[0]?.pooled)
    const [zero] = await run(conditioningZeroOut, { conditioning: a })
    expect([...(zero?.context.data ?? []), ...(zero?.pooled?.data ?? [])].every((value) => value === 0)).toBe(
      true,
    )
    expect(zero?.guidance).toBe(3.5)
  })

  it('refuses prompts of other encoders, and none', async () => {
    const other = [{ context: floatTensor([1, 2, 3]) }]
    for (const node of [conditioningAverage, conditioningConcat]) {
      await expect(run(node, { conditioning_to: a, conditioning_from: other })).rejects.toMatchObject({
        code: 'WRONG_SHAPE',
      })
      await expect(run(node, { conditioning_to: a, conditioning_from: [] })).rejects.toThrow(
        'conditioning_from',
      )
    }
  })
})

describe('branches of a guider', () => {
  const sampling = { kind: 'flow', shift: 1, multiplier: 1 } as const
  const branches = (conditioning: ConditioningValue) =>
    branchesOf(
      { model: {} as ModelValue, sides: [{ name: 'cond', conditioning, weight: 3 }], cfg: 3 },
      sampling,
    )

  it('shares the weight of a side among its prompts', async () => {
    const both = branches(await run(conditioningCombine, { conditioning_1: a, conditioning_2: b }))
    expect(both.map(({ name, weightAt }) => [name, weightAt(0.5)])).toEqual([
      ['cond', 1.5],
      ['cond 2', 1.5],
    ])
  })

  it('gives it to those whose time it is', async () => {
    const early = await run(conditioningSetTimestepRange, { conditioning: a }, { start: 0, end: 0.25 })
    const late = await run(conditioningSetTimestepRange, { conditioning: b }, { start: 0.25, end: 1 })
    const both = branches([...early, ...late])
    const weights = (sigma: number): readonly number[] => both.map(({ weightAt }) => weightAt(sigma))
    expect(weights(1)).toEqual([3, 0])
    expect(weights(0.75)).toEqual([1.5, 1.5])
    expect(weights(0.5)).toEqual([0, 3])
    const gap = branches(early)
    expect(gap.map(({ weightAt }) => weightAt(0.5))).toEqual([0])
  })

  it('refuses what it cannot honour, with what to do', async () => {
    const area = await run(conditioningSetArea, { conditioning: a }, { width: 128, height: 64 })
    expect(() => branches(area)).toThrow(/128 × 64 pixels.*Set Area/s)
    expect(() => branches([{ ...prompt(1, 0), extra: { gligen: 1 } }])).toThrow('"gligen"')
    expect(() => branches([])).toThrow('"cond" is empty')
  })
})
