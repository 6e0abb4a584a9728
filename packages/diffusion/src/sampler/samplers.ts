/** The samplers by name, with what a node must know about each. */
import { sampleDeis } from './deis.ts'
import { sampleDpm2 } from './dpm-2.ts'
import { sampleDpm2Ancestral } from './dpm-2-ancestral.ts'
import { sampleDpmpp2m, sampleFlowDpmpp2m } from './dpmpp-2m.ts'
import { sampleDpmpp2sAncestral } from './dpmpp-2s-ancestral.ts'
import { sampleEuler } from './euler.ts'
import { sampleEulerAncestral } from './euler-ancestral.ts'
import { sampleGradientEstimation } from './gradient-estimation.ts'
import { sampleHeun } from './heun.ts'
import { sampleHeunpp2 } from './heunpp2.ts'
import { sampleIpndm } from './ipndm.ts'
import { sampleIpndmV } from './ipndm-v.ts'
import { sampleLms } from './lms.ts'
import { sampleResMultistep, sampleResMultistepAncestral } from './res-multistep.ts'
import type { Sample } from './sampler.ts'
import { sampleFlowUniPc, sampleFlowUniPcOrder3, sampleUniPc, sampleUniPcBh2 } from './uni-pc.ts'

/** A sampler and its properties. */
export type SamplerEntry = {
  readonly sample: Sample
  /** The most model evaluations that one step makes. */
  readonly evaluationsPerStep: 1 | 2 | 3
  /** Draws noise on the way: needs `options.noise`, and a step cache gains little. */
  readonly stochastic: boolean
  /** Wants its sigmas with `dropPenultimate` (see `sigmasFor`). */
  readonly dropPenultimate: boolean
}

/** Names of the samplers that ComfyUI has too, in the order in which it lists them. */
export type SamplerName =
  | 'euler'
  | 'euler_ancestral'
  | 'heun'
  | 'heunpp2'
  | 'dpm_2'
  | 'dpm_2_ancestral'
  | 'lms'
  | 'dpmpp_2s_ancestral'
  | 'dpmpp_2m'
  | 'ipndm'
  | 'ipndm_v'
  | 'deis'
  | 'res_multistep'
  | 'res_multistep_ancestral'
  | 'gradient_estimation'
  | 'ddim'
  | 'uni_pc'
  | 'uni_pc_bh2'

/** Names of the samplers of the models' own pipelines and of diffusers. */
export type OfficialSamplerName =
  | 'wan_unipc'
  | 'wan_unipc_order3'
  | 'wan_dpmpp'
  | 'hunyuan_euler'
  | 'diffusers_unipc'
  | 'diffusers_dpmpp'
  | 'diffusers_euler'
  | 'diffusers_heun'

/** ComfyUI's samplers by name. */
export const samplers: Readonly<Record<SamplerName, SamplerEntry>> = Object.freeze({
  euler: entry(sampleEuler),
  euler_ancestral: entry(sampleEulerAncestral, { stochastic: true }),
  heun: entry(sampleHeun, { evaluationsPerStep: 2 }),
  heunpp2: entry(sampleHeunpp2, { evaluationsPerStep: 3 }),
  dpm_2: entry(sampleDpm2, { evaluationsPerStep: 2, dropPenultimate: true }),
  dpm_2_ancestral: entry(sampleDpm2Ancestral, {
    evaluationsPerStep: 2,
    stochastic: true,
    dropPenultimate: true,
  }),
  lms: entry(sampleLms),
  dpmpp_2s_ancestral: entry(sampleDpmpp2sAncestral, { evaluationsPerStep: 2, stochastic: true }),
  dpmpp_2m: entry(sampleDpmpp2m),
  ipndm: entry(sampleIpndm),
  ipndm_v: entry(sampleIpndmV),
  deis: entry(sampleDeis),
  res_multistep: entry(sampleResMultistep),
  res_multistep_ancestral: entry(sampleResMultistepAncestral, { stochastic: true }),
  gradient_estimation: entry(sampleGradientEstimation),
  ddim: entry(sampleEuler),
  uni_pc: entry(sampleUniPc, { dropPenultimate: true }),
  uni_pc_bh2: entry(sampleUniPcBh2, { dropPenultimate: true }),
})

/** The official pipelines' samplers by name; each goes with a list of `official-schedules.ts`. */
export const officialSamplers: Readonly<Record<OfficialSamplerName, SamplerEntry>> = Object.freeze({
  wan_unipc: entry(sampleFlowUniPc),
  wan_unipc_order3: entry(sampleFlowUniPcOrder3),
  wan_dpmpp: entry(sampleFlowDpmpp2m),
  hunyuan_euler: entry(sampleEuler),
  diffusers_unipc: entry(sampleFlowUniPc),
  diffusers_dpmpp: entry(sampleFlowDpmpp2m),
  diffusers_euler: entry(sampleEuler),
  diffusers_heun: entry(sampleHeun, { evaluationsPerStep: 2 }),
})

/** Whether a string names one of ComfyUI's samplers that this package has. */
export function isSamplerName(name: string): name is SamplerName {
  return Object.hasOwn(samplers, name)
}

/** Whether a string names an official sampler. */
export function isOfficialSamplerName(name: string): name is OfficialSamplerName {
  return Object.hasOwn(officialSamplers, name)
}

function entry(sample: Sample, properties: Partial<Omit<SamplerEntry, 'sample'>> = {}): SamplerEntry {
  return Object.freeze({
    sample,
    evaluationsPerStep: 1,
    stochastic: false,
    dropPenultimate: false,
    ...properties,
  })
}
