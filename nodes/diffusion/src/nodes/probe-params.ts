/** The settings of a step cache, and the PROBE value that they make. */
import { parseWindows, type ProfileName, type Scope } from '@dicache/diffusion'
import { type Param, param } from '@dicache/sdk'
import type { DiCacheProbe, ProbeMode } from '../pipeline/values.ts'

type ProbeParams = {
  readonly enabled: Param<boolean>
  readonly preset: Param<'auto' | ProfileName>
  readonly threshold: Param<number>
  readonly start: Param<number>
  readonly force_last: Param<boolean>
  readonly probe_depth: Param<number>
  readonly indicator: Param<'delta_y' | 'delta_minus'>
  readonly alignment: Param<'dcta' | 'zero-order'>
  readonly gamma_min: Param<number>
  readonly gamma_max: Param<number>
  readonly max_consecutive: Param<number>
  readonly batch_policy: Param<'mean' | 'max'>
  readonly semantics: Param<'reference' | 'official'>
  readonly mode: Param<ProbeMode>
  readonly cfg_policy: Param<'auto' | Scope>
  readonly windows: Param<string>
}

/** Whether a step cache acts, does nothing, or only reports. */
export const modeParam: Param<ProbeMode> = param.choice({
  options: ['on', 'off', 'shadow'],
  default: 'on',
  description:
    'shadow computes every step, which gives the exact result, and reports what would have been reused and how far off it would have been.',
})

export const probeParams: ProbeParams = {
  enabled: param.boolean({ default: true, description: 'Off computes every step: the exact result.' }),
  preset: param.choice({
    options: ['auto', 'flux', 'hunyuan', 'wan'],
    default: 'auto',
    description: 'Whose reuse test and rounding of the warm-up to follow; auto takes the model’s family.',
  }),
  threshold: param.float({
    default: 0.2,
    min: 0,
    max: 10,
    step: 0.01,
    description:
      'δ: a step is reused while the accumulated change of the probe stays below it. 0 is exact; higher is faster and further from the exact result.',
  }),
  start: param.float({
    default: 0.2,
    min: 0,
    max: 1000,
    step: 0.05,
    description:
      'Warm-up that is always computed: a share of the steps below 1, a number of steps from 1 on. Early steps decide the structure.',
  }),
  force_last: param.boolean({ default: true, description: 'Always compute the last step.' }),
  probe_depth: param.int({
    default: 1,
    min: 1,
    max: 64,
    description: 'Blocks that are run at every step to see how much changes.',
  }),
  indicator: param.choice({
    options: ['delta_y', 'delta_minus'],
    default: 'delta_y',
    description:
      'delta_y: change of the probe’s output. delta_minus: that less the change of its input; it wants a smaller threshold (0.08).',
  }),
  alignment: param.choice({
    options: ['dcta', 'zero-order'],
    default: 'dcta',
    description:
      'dcta blends the last two computed residuals along their trajectory; zero-order repeats the last one.',
  }),
  gamma_min: param.float({
    default: 1,
    min: 0,
    max: 10,
    step: 0.1,
    description: 'Lower bound of the blend factor γ.',
  }),
  gamma_max: param.float({
    default: 1.5,
    min: 0,
    max: 10,
    step: 0.1,
    description: 'Upper bound of the blend factor γ.',
  }),
  max_consecutive: param.int({
    default: 0,
    min: 0,
    max: 1000,
    description: 'Most steps reused in a row; 0 is no limit.',
  }),
  batch_policy: param.choice({
    options: ['mean', 'max'],
    default: 'mean',
    description: 'Several pictures at once: decide by the mean change, or by the picture that changes most.',
  }),
  semantics: param.choice({
    options: ['reference', 'official'],
    default: 'reference',
    description: 'official repeats the released scripts to the step, their faults included.',
  }),
  mode: modeParam,
  cfg_policy: param.choice({
    options: ['auto', 'independent', 'cond-decides', 'joint'],
    default: 'auto',
    description:
      'Positive and negative prompt: each decides alone, the positive one decides for both, or both as one batch; auto takes the preset’s.',
  }),
  windows: param.text({
    default: '',
    description:
      'Steps inside which reuse is allowed, such as 4-12 (steps 4 to 11) or 20%-60%, several with commas between; empty allows it everywhere.',
  }),
}

type Values = { readonly [K in keyof ProbeParams]: ProbeParams[K] extends Param<infer T> ? T : never }

/** The PROBE value of a node's settings. @throws RangeError for windows that are no ranges. */
export function probeValue(values: Values): DiCacheProbe {
  return {
    kind: 'dicache',
    mode: values.enabled ? values.mode : 'off',
    profile: values.preset,
    depth: values.probe_depth,
    settings: {
      threshold: values.threshold,
      warmup: values.start,
      forceLast: values.force_last,
      indicator: values.indicator,
      alignment: values.alignment,
      gammaClip: [values.gamma_min, values.gamma_max],
      maxConsecutive: values.max_consecutive === 0 ? Number.POSITIVE_INFINITY : values.max_consecutive,
      batch: values.batch_policy,
      semantics: values.semantics,
      windows: parseWindows(values.windows),
      ...(values.cfg_policy === 'auto' ? {} : { cfg: values.cfg_policy }),
    },
  }
}
