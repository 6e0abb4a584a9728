/** The settings of the step caches beside DiCache. Each policy reads its own; the descriptions say which. */
import { type Param, param } from '@dicache/sdk'
import type { ProbeMode } from '../pipeline/values.ts'
import { modeParam } from './probe-params.ts'
import type { RivalName } from './rival-probe.ts'

type StepCacheParams = {
  readonly enabled: Param<boolean>
  readonly policy: Param<RivalName>
  readonly threshold: Param<number>
  readonly start: Param<number>
  readonly force_last: Param<boolean>
  readonly every: Param<number>
  readonly max_consecutive: Param<number>
  readonly probe_depth: Param<number>
  readonly order: Param<number>
  readonly feature: Param<'output' | 'hidden'>
  readonly start_percent: Param<number>
  readonly end_percent: Param<number>
  readonly coefficients: Param<string>
  readonly ratios: Param<string>
  readonly mode: Param<ProbeMode>
}

export const stepCacheParams: StepCacheParams = {
  enabled: param.boolean({ default: true, description: 'Off computes every step: the exact result.' }),
  policy: param.choice({
    options: ['interval', 'teacache', 'fbcache', 'easycache', 'magcache', 'taylorseer'],
    default: 'interval',
    description:
      'interval repeats the last residual between every k-th step; the others are published caches: TeaCache, first-block cache, EasyCache, MagCache, TaylorSeer.',
  }),
  threshold: param.float({
    default: 0.1,
    min: 0,
    max: 10,
    step: 0.01,
    description:
      'TeaCache, fbcache, EasyCache and MagCache reuse while their measure stays below it. Each has a scale of its own; published values for FLUX: TeaCache 0.25 to 0.6, fbcache 0.08 to 0.12, EasyCache 0.2, MagCache 0.24.',
  }),
  start: param.float({
    default: 1,
    min: 0,
    max: 1000,
    step: 0.05,
    description:
      'Warm-up that is always computed: a share of the steps below 1, a number of steps from 1 on. Published: TeaCache 1, fbcache 0, MagCache 0.2, TaylorSeer 3; EasyCache has start_percent instead.',
  }),
  force_last: param.boolean({
    default: true,
    description: 'interval, TeaCache, fbcache: always compute the last step. Published: only by TeaCache.',
  }),
  every: param.int({
    default: 3,
    min: 1,
    max: 1000,
    description: 'interval, TaylorSeer: every how many steps one is computed.',
  }),
  max_consecutive: param.int({
    default: 0,
    min: 0,
    max: 1000,
    description:
      'fbcache, MagCache: most steps reused in a row; 0 is no limit. Published for MagCache: 3 to 5.',
  }),
  probe_depth: param.int({
    default: 1,
    min: 1,
    max: 64,
    description: 'fbcache: blocks that are run at every step.',
  }),
  order: param.int({ default: 1, min: 1, max: 2, description: 'TaylorSeer: order of the series.' }),
  feature: param.choice({
    options: ['output', 'hidden'],
    default: 'output',
    description: 'TaylorSeer: what is forecast, the velocity or the last tokens under a fresh head.',
  }),
  start_percent: param.float({
    default: 0.15,
    min: 0,
    max: 1,
    description: 'EasyCache: share of the schedule before which every step is computed.',
  }),
  end_percent: param.float({
    default: 0.95,
    min: 0,
    max: 1,
    description: 'EasyCache: share of the schedule after which every step is computed.',
  }),
  coefficients: param.text({
    default: '',
    description:
      'TeaCache: the polynomial’s coefficients, highest power first, with commas between; empty takes the family’s published ones.',
  }),
  ratios: param.text({
    default: '',
    description:
      'MagCache: the ratios of a calibration run, with commas between. Left empty, this run is the calibration: its report holds them.',
  }),
  mode: modeParam,
}
