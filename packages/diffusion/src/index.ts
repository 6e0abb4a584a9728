export { combineGuidance, needsUncond } from './guidance/classifier-free.ts'
export { derivative, noiseLatent, unscaleLatent, velocityToDenoised } from './sampler/prediction.ts'
export type { Denoise, DrawNoise, Sample, SampleOptions, SamplerStep, StepInfo } from './sampler/sampler.ts'
export type { OfficialSamplerName, SamplerEntry, SamplerName } from './sampler/samplers.ts'
export { isOfficialSamplerName, isSamplerName, officialSamplers, samplers } from './sampler/samplers.ts'
export type { ModelSampling } from './schedule/model-sampling.ts'
export { sigmaOfTime, sigmaTable, timestepOfSigma } from './schedule/model-sampling.ts'
export type { TimedSchedule } from './schedule/official-schedules.ts'
export {
  diffusersEulerSchedule,
  diffusersUniPcSchedule,
  fluxSchedule,
  hunyuanSchedule,
  staticShiftSchedule,
  wanSchedule,
} from './schedule/official-schedules.ts'
export type { ResolutionShift } from './schedule/resolution-shift.ts'
export { muOfSize, muOfTokens } from './schedule/resolution-shift.ts'
export type { Scheduler, SchedulerName, SigmaRequest } from './schedule/schedulers.ts'
export { isSchedulerName, schedulers, sigmasFor } from './schedule/schedulers.ts'
export type { BranchStep, CachedForward, CachedForwardOptions } from './step-cache/cached-forward.ts'
export { clip, createCachedForward } from './step-cache/cached-forward.ts'
export type { Change, Decision, GateState, Place } from './step-cache/decide.ts'
export { COLD, decide, forcedReason } from './step-cache/decide.ts'
export type {
  DiCachePolicy,
  NoCachePolicy,
  PolicyChoice,
  Profile,
  ProfileName,
  StepCachePolicy,
} from './step-cache/policy.ts'
export { NO_CACHE, policyOf, PROFILES } from './step-cache/policy.ts'
export type {
  Anchors,
  DeepResult,
  ProbeResult,
  ReuseOptions,
  ReuseResult,
  SampleRange,
  SplitForward,
} from './step-cache/split-forward.ts'
export { stackRows } from './step-cache/stack-rows.ts'
