/** Pictures beside a prompt, for models that edit pictures, by ComfyUI's names. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { withReference, withReferenceMethod } from '../../pipeline/conditioning-extra.ts'

const about = { version: 1, category: 'advanced/conditioning/edit_models' } as const
const outputs = { conditioning: port.conditioning() } as const

export const referenceLatent: NodeDefinition = defineNode({
  ...about,
  type: 'ReferenceLatent',
  title: 'ReferenceLatent',
  description:
    'Gives a prompt a picture to look at, for models that edit pictures (FLUX.1 Kontext). Several in a row add up; a model that was not trained for it gets no better.',
  inputs: {
    conditioning: port.conditioning({ description: 'A prompt.' }),
    latent: port.latent({
      optional: true,
      description: 'The picture, encoded with the model’s VAE, of any size. Without it nothing changes.',
    }),
  },
  outputs,
  run({ inputs }) {
    const samples = inputs.latent?.samples
    if (samples === undefined) return { conditioning: inputs.conditioning }
    if (samples.shape.length !== 4)
      throw new HostError(
        'WRONG_SHAPE',
        `[${samples.shape.join(', ')}] is no latent of a picture: it takes [batch, channels, height, width]`,
      )
    return { conditioning: inputs.conditioning.map((entry) => withReference(entry, samples)) }
  },
})

export const fluxKontextMultiReferenceLatentMethod: NodeDefinition = defineNode({
  ...about,
  type: 'FluxKontextMultiReferenceLatentMethod',
  title: 'Edit Model Reference Method',
  description: 'Where several pictures beside a prompt lie for the model. Without this node: offset.',
  inputs: { conditioning: port.conditioning({ description: 'A prompt.' }) },
  params: {
    reference_latents_method: param.choice({
      options: ['offset', 'index', 'uxo/uno'],
      description:
        'offset puts one beside the other; index gives each a layer of its own; uxo/uno puts them diagonally behind the image, as UNO and USO were trained.',
    }),
  },
  outputs,
  run: ({ inputs, params: { reference_latents_method: method } }) => ({
    conditioning: inputs.conditioning.map((entry) =>
      withReferenceMethod(entry, method === 'uxo/uno' ? 'uxo' : method),
    ),
  }),
})
