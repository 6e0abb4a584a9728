/** The settings that every sampling node shares, in ComfyUI's order. */
import { samplers, schedulers } from '@dicache/diffusion'
import { type Param, param } from '@dicache/sdk'

type SamplingParams = {
  readonly seed: Param<bigint>
  readonly steps: Param<number>
  readonly cfg: Param<number>
  readonly sampler_name: Param<string>
  readonly scheduler: Param<string>
  readonly denoise: Param<number>
}

export const samplingParams: SamplingParams = {
  seed: param.seed({ default: 0n, description: 'The start noise: equal seeds give equal pictures.' }),
  steps: param.int({ default: 20, min: 1, max: 10000, description: 'Denoising steps.' }),
  cfg: param.float({
    default: 3,
    min: 0,
    max: 100,
    step: 0.1,
    description:
      'Classifier-free guidance: 1 leaves the negative prompt out; models with a distilled guidance (FLUX.1 dev) want 1.',
  }),
  sampler_name: param.choice({
    options: Object.keys(samplers),
    default: 'euler',
    description: 'How a step follows the model.',
  }),
  scheduler: param.choice({
    options: Object.keys(schedulers),
    default: 'simple',
    description: 'Where the steps lie between noise and picture.',
  }),
  denoise: param.float({
    default: 1,
    min: 0,
    max: 1,
    step: 0.01,
    description: 'Share of the noise that is added and removed: below 1 the given latent shows through.',
  }),
}
