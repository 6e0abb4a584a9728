import type { NodeDefinition } from '@dicache/sdk'
import { nodeContract, runNode } from '@dicache/sdk/testing'
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import { describe, expect, it } from 'vitest'
import type { GuiderValue } from '../../pipeline/guider.ts'
import { pack } from '../../pack.ts'

const node = (type: string): NodeDefinition => {
  const found = pack.nodes.find(({ manifest }) => manifest.type === type)
  if (found === undefined) throw new Error(`there is no node ${type}`)
  return found
}

async function run(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  return (await runNode(node(type), { inputs, params })).outputs as Readonly<Record<string, unknown>>
}

const model = { transformer: { sampling: { kind: 'flux', shift: 1.15 } } }
const sigmas = floatTensor([5], Float32Array.of(1, 0.75, 0.5, 0.25, 0))
const numbers = (value: unknown): readonly number[] => [...(value as FloatTensor).data]

it.each([
  ['BasicGuider', { model, conditioning: [] }],
  ['CFGGuider', { model, positive: [], negative: [] }],
  ['DualCFGGuider', { model, cond1: [], cond2: [], negative: [] }],
  ['RandomNoise', {}],
  ['DisableNoise', {}],
  ['KSamplerSelect', {}],
  ['BasicScheduler', { model }],
  ['BetaSamplingScheduler', { model }],
  ['KarrasScheduler', {}],
  ['ExponentialScheduler', {}],
  ['PolyexponentialScheduler', {}],
  ['LaplaceScheduler', {}],
  ['VPScheduler', {}],
  ['SplitSigmas', { sigmas }],
  ['SplitSigmasDenoise', { sigmas }],
  ['FlipSigmas', { sigmas }],
  ['SetFirstSigma', { sigmas }],
  ['ModelSamplingFlux', { model }],
  ['ModelSamplingSD3', { model }],
  ['ModelSamplingAuraFlow', { model }],
])('%s keeps the contract', (type, inputs) => nodeContract(node(type), { inputs }))

describe('guiders', () => {
  const weights = async (type: string, params: object): Promise<unknown> => {
    const inputs = { model, positive: [], negative: [], cond1: [], cond2: [] }
    const { guider } = await run(type, inputs, { ...params })
    return (guider as GuiderValue).sides.map(({ name, weight }) => [name, weight])
  }

  it.each([
    [
      'CFGGuider',
      { cfg: 3 },
      [
        ['cond', 3],
        ['uncond', -2],
      ],
    ],
    ['CFGGuider', { cfg: 1 }, [['cond', 1]]],
    [
      'CFGGuider',
      { cfg: 0 },
      [
        ['cond', 0],
        ['uncond', 1],
      ],
    ],
    // negative + 2·(cond2 − negative) + 5·(cond1 − cond2)
    [
      'DualCFGGuider',
      { cfg_conds: 5, cfg_cond2_negative: 2 },
      [
        ['cond1', 5],
        ['cond2', -3],
        ['negative', -1],
      ],
    ],
    // negative + 2·(cond2 + 5·(cond1 − cond2) − negative)
    [
      'DualCFGGuider',
      { cfg_conds: 5, cfg_cond2_negative: 2, style: 'nested' },
      [
        ['cond1', 10],
        ['cond2', -8],
        ['negative', -1],
      ],
    ],
    [
      'DualCFGGuider',
      { cfg_conds: 3, cfg_cond2_negative: 1 },
      [
        ['cond1', 3],
        ['cond2', -2],
      ],
    ],
  ])('%s %j', async (type, params, wanted) => expect(await weights(type, params)).toEqual(wanted))
})

describe('schedules', () => {
  it.each([
    [0, [1], [1, 0.75, 0.5, 0.25, 0]],
    [2, [1, 0.75, 0.5], [0.5, 0.25, 0]],
    [9, [1, 0.75, 0.5, 0.25, 0], []],
  ])('splits at step %i', async (step, high, low) => {
    const parts = await run('SplitSigmas', { sigmas }, { step })
    expect([numbers(parts['high_sigmas']), numbers(parts['low_sigmas'])]).toEqual([high, low])
  })

  it.each([
    [1, [1], [1, 0.75, 0.5, 0.25, 0]],
    [0.5, [1, 0.75, 0.5], [0.5, 0.25, 0]],
    [0, [], [0]],
  ])('splits off a share of %d', async (denoise, high, low) => {
    const parts = await run('SplitSigmasDenoise', { sigmas }, { denoise })
    expect([numbers(parts['high_sigmas']), numbers(parts['low_sigmas'])]).toEqual([high, low])
  })

  it('flips, never starting at 0, and sets the first', async () => {
    expect(numbers((await run('FlipSigmas', { sigmas }))['sigmas'])).toEqual([
      Math.fround(0.0001),
      0.25,
      0.5,
      0.75,
      1,
    ])
    const empty = floatTensor([0])
    expect((await run('FlipSigmas', { sigmas: empty }))['sigmas']).toBe(empty)
    expect(numbers((await run('SetFirstSigma', { sigmas }, { sigma: 0.875 }))['sigmas'])[0]).toBe(0.875)
    expect((await run('SetFirstSigma', { sigmas: empty }))['sigmas']).toBe(empty)
  })

  it('follows the model, its shift, and the share of denoising', async () => {
    const steps = async (patched: unknown, params: object): Promise<readonly number[]> =>
      numbers((await run('BasicScheduler', { model: patched }, { ...params }))['sigmas'])
    const whole = await steps(model, { steps: 4 })
    expect(whole).toHaveLength(5)
    expect(await steps(model, { steps: 2, denoise: 0.5 })).toEqual(whole.slice(2))
    expect(await steps(model, { steps: 4, denoise: 0 })).toEqual([])
    const { model: flat } = await run('ModelSamplingSD3', { model }, { shift: 1 })
    expect(await steps(flat, { steps: 4 })).toEqual([1, 0.75, 0.5, 0.25, 0])
    const { model: shifted } = await run('ModelSamplingSD3', { model }, { shift: 3 })
    expect(await steps(shifted, { steps: 2 })).toEqual([1, 0.75, 0])
    // 256 tokens take the base shift, here e^μ = 3.
    const params = { width: 256, height: 256, base_shift: Math.log(3), max_shift: 2 }
    const { model: flux } = await run('ModelSamplingFlux', { model }, params)
    expect((await steps(flux, { steps: 2 }))[1]).toBeCloseTo(0.75, 6)
    expect(model).not.toHaveProperty('sampling')
  })
})
