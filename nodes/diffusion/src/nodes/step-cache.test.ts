import { nodeContract } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { probeParams } from './probe-params.ts'
import { probeConfig } from './probe-config.ts'
import { stepCacheConfig } from './step-cache-config.ts'
import { stepCacheParams } from './step-cache-params.ts'

describe('settings of step caches', () => {
  it('keep their order, because saved workflows name them by place: new ones come last', () => {
    expect(Object.keys(probeParams)).toEqual([
      'enabled',
      'preset',
      'threshold',
      'start',
      'force_last',
      'probe_depth',
      'indicator',
      'alignment',
      'gamma_min',
      'gamma_max',
      'max_consecutive',
      'batch_policy',
      'semantics',
      'mode',
      'cfg_policy',
      'windows',
    ])
    expect(Object.keys(stepCacheParams).slice(0, 3)).toEqual(['enabled', 'policy', 'threshold'])
  })

  it('say what they are for, and have defaults', () => {
    for (const param of Object.values({ ...stepCacheParams, ...probeParams })) {
      expect(param.description?.length).toBeGreaterThan(10)
      expect(param.default).toBeDefined()
    }
  })
})

it.each([stepCacheConfig, probeConfig])('$type keeps the contract of nodes', async (node) => {
  await expect(nodeContract(node, { inputs: {} })).resolves.toBeUndefined()
})
