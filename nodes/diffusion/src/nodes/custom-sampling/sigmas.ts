/** Schedules from schedules. */
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { roundHalfEven } from '@dicache/tensor'
import { sigmasValue } from './model-schedulers.ts'

const about = { version: 1, category: 'sampling/custom_sampling/sigmas' } as const
const sigmas = port.sigmas({ description: 'A schedule.' })

export const splitSigmas: NodeDefinition = defineNode({
  ...about,
  type: 'SplitSigmas',
  title: 'SplitSigmas',
  description: 'Cuts a schedule in two at a step; both have its noise level.',
  inputs: { sigmas },
  params: { step: param.int({ default: 0, min: 0, max: 10000, description: 'Steps of the first part.' }) },
  outputs: { high_sigmas: port.sigmas(), low_sigmas: port.sigmas() },
  run({ inputs, params: { step } }) {
    const all = [...inputs.sigmas.data]
    return { high_sigmas: sigmasValue(all.slice(0, step + 1)), low_sigmas: sigmasValue(all.slice(step)) }
  },
})

export const splitSigmasDenoise: NodeDefinition = defineNode({
  ...about,
  type: 'SplitSigmasDenoise',
  title: 'SplitSigmasDenoise',
  description: 'Cuts the last share of the steps off a schedule.',
  inputs: { sigmas },
  params: {
    denoise: param.float({
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      description: 'Share of the second part.',
    }),
  },
  outputs: { high_sigmas: port.sigmas(), low_sigmas: port.sigmas() },
  run({ inputs, params: { denoise } }) {
    const all = [...inputs.sigmas.data]
    const steps = roundHalfEven(Math.max(all.length - 1, 0) * denoise)
    // As in ComfyUI the first part does not hold the noise level of the cut, and is empty where nothing is cut off.
    const high = steps === 0 ? [] : all.slice(0, -steps)
    return { high_sigmas: sigmasValue(high), low_sigmas: sigmasValue(all.slice(-(steps + 1))) }
  },
})

export const flipSigmas: NodeDefinition = defineNode({
  ...about,
  type: 'FlipSigmas',
  title: 'FlipSigmas',
  description: 'A schedule the other way round, to go from a picture back to noise.',
  inputs: { sigmas },
  outputs: { sigmas: port.sigmas() },
  run({ inputs }) {
    const [first, ...rest] = [...inputs.sigmas.data].toReversed()
    if (first === undefined) return { sigmas: inputs.sigmas }
    // Samplers divide by the first one.
    return { sigmas: sigmasValue([first === 0 ? 0.0001 : first, ...rest]) }
  },
})

export const setFirstSigma: NodeDefinition = defineNode({
  ...about,
  type: 'SetFirstSigma',
  title: 'SetFirstSigma',
  description: 'Another noise level to start from.',
  inputs: { sigmas },
  params: {
    sigma: param.float({
      default: 136,
      min: 0,
      max: 20000,
      step: 0.001,
      description: 'The first level; flow models (FLUX) take 1 or less.',
    }),
  },
  outputs: { sigmas: port.sigmas() },
  run: ({ inputs, params: { sigma } }) => ({
    sigmas:
      inputs.sigmas.data.length === 0 ? inputs.sigmas : sigmasValue([sigma, ...inputs.sigmas.data.slice(1)]),
  }),
})
