/** What steers a sampler, as values. */
import { needsUncond } from '@dicache/diffusion'
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { basicGuider, type GuiderValue } from '../../pipeline/guider.ts'
import { cfgGuider as guideByCfg } from '../../pipeline/sample-latent.ts'
import type { ModelValue } from '../../pipeline/values.ts'

const about = { version: 1, category: 'sampling/custom_sampling/guiders' } as const
const model = port.model<ModelValue>({ description: 'The model; a step cache on it (DiCache) is used.' })
const cfg = (description: string) =>
  param.float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01, description })

export const basicGuiderNode: NodeDefinition = defineNode({
  ...about,
  type: 'BasicGuider',
  title: 'BasicGuider',
  description: 'Steers by one prompt alone, for models with a distilled guidance (FLUX.1).',
  inputs: { model, conditioning: port.conditioning({ description: 'What the picture shows.' }) },
  outputs: { guider: port.guider<GuiderValue>() },
  run: ({ inputs }) => ({ guider: basicGuider(inputs.model, inputs.conditioning) }),
})

export const cfgGuiderNode: NodeDefinition = defineNode({
  ...about,
  type: 'CFGGuider',
  title: 'CFGGuider',
  description: 'Steers towards one prompt and away from another (classifier-free guidance).',
  inputs: {
    model,
    positive: port.conditioning({ description: 'What the picture shows.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
  },
  params: { cfg: cfg('How far away from the negative prompt; 1 leaves it out.') },
  outputs: { guider: port.guider<GuiderValue>() },
  run: ({ inputs, params }) => ({ guider: guideByCfg(inputs.model, { ...inputs, cfg: params.cfg }) }),
})

export const dualCfgGuiderNode: NodeDefinition = defineNode({
  ...about,
  type: 'DualCFGGuider',
  title: 'DualCFGGuider',
  description: 'Steers by two prompts and a negative one, each step with a scale of its own.',
  inputs: {
    model,
    cond1: port.conditioning({ description: 'The first prompt, such as text and picture.' }),
    cond2: port.conditioning({ description: 'The second prompt, such as the picture alone.' }),
    negative: port.conditioning({ description: 'What it should not show.' }),
  },
  params: {
    cfg_conds: cfg('From the second prompt towards the first.'),
    cfg_cond2_negative: cfg('From the negative prompt towards the second.'),
    style: param.choice({
      options: ['regular', 'nested'],
      description: 'regular adds both ways; nested scales the first way by the second one too.',
    }),
  },
  outputs: { guider: port.guider<GuiderValue>() },
  run({ inputs, params: { cfg_conds: first, cfg_cond2_negative: second, style } }) {
    const share =
      style === 'regular'
        ? { cond1: first, cond2: second - first, negative: 1 - second }
        : { cond1: first * second, cond2: second * (1 - first), negative: 1 - second }
    // What has no weight is not evaluated.
    const sides = (['cond1', 'cond2', 'negative'] as const)
      .map((name) => ({ name, conditioning: inputs[name], weight: share[name] }))
      .filter(({ weight }) => needsUncond(weight + 1))
    const [one = { name: 'cond1', conditioning: inputs.cond1, weight: 1 }, ...more] = sides
    return { guider: { model: inputs.model, sides: [one, ...more] as const, cfg: first } }
  },
})
