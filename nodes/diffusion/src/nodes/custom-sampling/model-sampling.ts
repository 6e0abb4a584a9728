/** Where a model's noise levels lie in time: what its schedules follow. */
import { muOfSize } from '@dicache/diffusion'
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import type { ModelValue } from '../../pipeline/values.ts'

const about = { version: 1, category: 'advanced/model' } as const
const inputs = { model: port.model<ModelValue>({ description: 'The model; it stays as it is.' }) } as const
const outputs = { model: port.model<ModelValue>() } as const
const shift = (value: number, description: string) =>
  param.float({ default: value, min: 0, max: 100, step: 0.01, description })

export const modelSamplingFlux: NodeDefinition = defineNode({
  ...about,
  type: 'ModelSamplingFlux',
  title: 'ModelSamplingFlux',
  description: 'FLUX’s schedule for a picture size: larger pictures spend more steps at high noise.',
  inputs,
  params: {
    max_shift: shift(1.15, 'The shift at 1024 × 1024 pixels (4096 tokens).'),
    base_shift: shift(0.5, 'The shift at 256 × 256 pixels (256 tokens).'),
    width: param.int({ default: 1024, min: 16, max: 16384, step: 8, description: 'Pixels of the picture.' }),
    height: param.int({ default: 1024, min: 16, max: 16384, step: 8, description: 'Pixels of the picture.' }),
  },
  outputs,
  run: ({ inputs: { model }, params }) => ({
    model: {
      ...model,
      sampling: {
        kind: 'flux',
        shift: muOfSize(params.width, params.height, {
          baseShift: params.base_shift,
          maxShift: params.max_shift,
        }),
      },
    },
  }),
})

const flow = (type: 'ModelSamplingSD3' | 'ModelSamplingAuraFlow', value: number): NodeDefinition =>
  defineNode({
    ...about,
    type,
    title: type,
    description:
      'A schedule with a shift: above 1 more steps lie at high noise. The model gets its time as before.',
    inputs,
    params: { shift: shift(value, '1 is even; above, more steps lie at high noise.') },
    outputs,
    run: ({ inputs: { model }, params }) => ({
      model: { ...model, sampling: { kind: 'flow', shift: params.shift, multiplier: 1 } },
    }),
  })

export const modelSamplingSd3: NodeDefinition = flow('ModelSamplingSD3', 3)
export const modelSamplingAuraFlow: NodeDefinition = flow('ModelSamplingAuraFlow', 1.73)
