import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import type { ModelValue } from '../pipeline/values.ts'
import { rivalProbe } from './rival-probe.ts'
import { stepCacheParams } from './step-cache-params.ts'

/** Attaches another step cache than DiCache to a model, for any sampler behind it. The model itself stays as it is. */
export const stepCache: NodeDefinition = defineNode({
  type: 'StepCache',
  version: 1,
  title: 'Step Cache',
  category: 'sampling/cache',
  description:
    'Attaches another step cache than DiCache to a model: every sampler that gets this model reuses steps by its rule.',
  inputs: { model: port.model<ModelValue>() },
  params: stepCacheParams,
  outputs: { model: port.model<ModelValue>() },
  run: ({ inputs, params }) => ({ model: { ...inputs.model, probe: rivalProbe(params) } }),
})
