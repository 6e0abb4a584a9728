import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'

/** Sets the distilled guidance scale that models like FLUX.1 dev embed. */
export const fluxGuidance: NodeDefinition = defineNode({
  type: 'FluxGuidance',
  version: 1,
  title: 'FluxGuidance',
  category: 'advanced/conditioning/flux',
  description: 'The distilled guidance scale of models that embed one (FLUX.1 dev: 3.5).',
  inputs: { conditioning: port.conditioning({ description: 'A prompt.' }) },
  params: {
    guidance: param.float({
      default: 3.5,
      min: 0,
      max: 100,
      step: 0.1,
      description: 'Higher follows the prompt more closely, and looks less natural.',
    }),
  },
  outputs: { conditioning: port.conditioning() },
  run: ({ inputs, params }) => ({
    conditioning: inputs.conditioning.map((entry) => ({ ...entry, guidance: params.guidance })),
  }),
})
