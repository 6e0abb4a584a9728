import { describe, expect, it } from 'vitest'
import { createSmallGraph } from '../testing/small-graph.ts'
import { groupNorm, layerNorm, rmsNorm } from './normalization.ts'

describe('layer norm', () => {
  it('takes a scale a channel, or a sample and channel', () => {
    const { g, x, last } = createSmallGraph()
    const tokens = x(['B', 'L', 8])
    expect(layerNorm(g, tokens, { scale: x([8]), bias: x([8]) }, 0.5)).toMatchObject({ shape: ['B', 'L', 8] })
    expect(last()).toEqual({ op: 'LayerNormalization', attributes: { axis: -1, epsilon: 0.5 } })
    expect(layerNorm(g, tokens, { scale: x(['B', 1, 8]), bias: x(['B', 1, 8]) }, 0.5)).toMatchObject({
      shape: ['B', 'L', 8],
    })
    layerNorm(g, tokens, { scale: x([8]) }, 0.5)
    expect(g.summary().nodes.at(-1)?.inputs).toHaveLength(2)
  })

  it('refuses a scale that would widen x', () => {
    const { g, x } = createSmallGraph()
    expect(() => layerNorm(g, x(['B', 1, 8]), { scale: x(['B', 'L', 8]) }, 0.5)).toThrow(
      /^LayerNormalization: scale/,
    )
    expect(() => layerNorm(g, x(['B', 'L', 8]), { scale: x([4]) }, 0.5)).toThrow(/^LayerNormalization: /)
  })
})

describe('RMS norm', () => {
  it('takes a scale a channel', () => {
    const { g, x, last } = createSmallGraph()
    expect(rmsNorm(g, x(['B', 'L', 2, 8]), x([8]), 0.25)).toMatchObject({ shape: ['B', 'L', 2, 8] })
    expect(last()).toEqual({ op: 'RMSNormalization', attributes: { axis: -1, epsilon: 0.25 } })
  })

  it('refuses a scale of another width', () => {
    const { g, x } = createSmallGraph()
    expect(() => rmsNorm(g, x(['B', 'L', 8]), x([4]), 0.25)).toThrow(
      /^RMSNormalization: scale .* does not fit/,
    )
  })
})

describe('group norm', () => {
  it('keeps the shape', () => {
    const { g, x } = createSmallGraph()
    const y = groupNorm(
      g,
      x(['B', 8, 'H', 'W']),
      { scale: x([8]), bias: x([8]) },
      { groups: 2, epsilon: 0.5 },
    )
    expect(y).toMatchObject({ type: 'float32', shape: ['B', 8, 'H', 'W'] })
  })

  it('refuses channels that do not form the groups, and extents that are not known', () => {
    const { g, x } = createSmallGraph()
    const weights = { scale: x([8]), bias: x([8]) }
    const options = { groups: 3, epsilon: 0.5 }
    expect(() => groupNorm(g, x(['B', 8, 'H', 'W']), weights, options)).toThrow(
      /8 channels do not form 3 groups/,
    )
    expect(() => groupNorm(g, x(['B', 'C', 'H', 'W']), weights, options)).toThrow(/must be a number/)
  })
})
