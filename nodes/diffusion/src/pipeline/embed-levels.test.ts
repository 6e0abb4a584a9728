import { type FloatTensor, floatTensor, type NamedTensors } from '@dicache/tensor'
import { expect, it, vi } from 'vitest'
import { embedLevels } from './embed-levels.ts'

const CONSTANTS = { context: floatTensor([1, 2, 3]) }

/** A layout whose embedding of a level is the level. */
function layoutOf(sampleBytes: number): Parameters<typeof embedLevels>[1]['layout'] {
  return {
    sampleBytes,
    inputs: (_, levels) => ({ levels: floatTensor([levels.length], Float32Array.from(levels)) }),
    cut: (outputs, { index }) => {
      const all = outputs['levels'] as FloatTensor
      return { probe: { level: floatTensor([1], all.data.slice(index, index + 1)) }, deep: {}, head: {} }
    },
  }
}

function embedderOf(
  expected: readonly number[],
  sampleBytes = 4,
): {
  readonly level: (sigma: number) => Promise<number>
  readonly run: ReturnType<typeof vi.fn<(inputs: NamedTensors) => Promise<NamedTensors>>>
  readonly lots: () => readonly (readonly number[])[]
} {
  const asked: number[][] = []
  const run = vi.fn<(inputs: NamedTensors) => Promise<NamedTensors>>(async (inputs) => {
    asked.push([...(inputs['levels'] as FloatTensor).data])
    return inputs
  })
  const embed = embedLevels(run, {
    layout: layoutOf(sampleBytes),
    constants: CONSTANTS,
    samples: 2,
    depth: 1,
    signal: 'hidden',
    expected,
  })
  const level = async (sigma: number): Promise<number> =>
    ((await embed(sigma)).probe['level'] as FloatTensor).data[0] ?? Number.NaN
  return { level, run, lots: () => asked }
}

it('computes all expected levels in one call, each once', async () => {
  const { level, lots } = embedderOf([1, 0.5, 0.5, 0.25])
  for (const sigma of [1, 0.5, 0.25, 0.5, 1]) expect(await level(sigma)).toBe(sigma)
  expect(lots()).toEqual([[1, 0.5, 0.25]])
})

it('computes a level that was not expected alone, and keeps the others', async () => {
  const { level, lots } = embedderOf([1, 0.5])
  for (const sigma of [1, 0.75, 0.75, 0.5, 0.375]) expect(await level(sigma)).toBe(sigma)
  expect(lots()).toEqual([[1, 0.5], [0.75], [0.375]])
})

it('computes no more levels ahead than memory allows', async () => {
  const { level, lots } = embedderOf([1, 0.5, 0.25, 0.125], 64 * 2 ** 20)
  for (const sigma of [1, 0.5, 0.25, 0.125]) expect(await level(sigma)).toBe(sigma)
  expect(lots()).toEqual([
    [1, 0.5],
    [0.25, 0.125],
  ])
  const huge = embedderOf([1, 0.5], 2 ** 40)
  expect(await huge.level(1)).toBe(1)
  expect(huge.lots()).toEqual([[1]])
})

it('keeps nothing of a call that failed', async () => {
  const { level, run, lots } = embedderOf([1, 0.5])
  run.mockRejectedValueOnce(new Error('out of memory'))
  await expect(level(1)).rejects.toThrow('out of memory')
  expect(await level(1)).toBe(1)
  expect(lots()).toEqual([[1, 0.5]])
})
