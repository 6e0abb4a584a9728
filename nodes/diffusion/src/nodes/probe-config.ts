import { defineNode, type NodeDefinition, port } from '@dicache/sdk'
import type { ProbeValue } from '../pipeline/values.ts'
import { probeParams, probeValue } from './probe-params.ts'

/** How a DiCache sampler decides. */
export const probeConfig: NodeDefinition = defineNode({
  type: 'ProbeConfig',
  version: 1,
  title: 'Probe Config',
  category: 'sampling/cache',
  description: 'When a step may be answered from the cache: connect it to a DiCache Sampler.',
  params: probeParams,
  outputs: { probe: port.probe<ProbeValue>() },
  run: ({ params }) => ({ probe: probeValue(params) }),
})
