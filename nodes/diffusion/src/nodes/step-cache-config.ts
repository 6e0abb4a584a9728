import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import type { ProbeValue } from '../pipeline/values.ts'
import { rivalProbe } from './rival-probe.ts'
import { stepCacheParams } from './step-cache-params.ts'

/** How a DiCache sampler decides with another step cache than DiCache. */
export const stepCacheConfig: NodeDefinition = defineNode({
  type: 'StepCacheConfig',
  version: 1,
  title: 'Step Cache Config',
  category: 'sampling/cache',
  description:
    'Another step cache for a DiCache Sampler, to be compared with DiCache: same sampler, same split transformer.',
  params: stepCacheParams,
  outputs: { probe: port.probe<ProbeValue>() },
  run: ({ params }) => ({ probe: rivalProbe(params) }),
})
