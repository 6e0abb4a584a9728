import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import type { ModelValue } from '../pipeline/values.ts'
import { probeParams, probeValue } from './probe-params.ts'

/** Attaches a step cache to a model, for any sampler behind it. The model itself stays as it is. */
export const dicache: NodeDefinition = defineNode({
  type: 'DiCache',
  version: 1,
  title: 'DiCache',
  category: 'sampling/cache',
  description:
    'Attaches the step cache to a model: every sampler that gets this model reuses steps that change little.',
  inputs: { model: port.model<ModelValue>() },
  params: probeParams,
  outputs: { model: port.model<ModelValue>() },
  run: ({ inputs, params }) => ({ model: { ...inputs.model, probe: probeValue(params) } }),
})
