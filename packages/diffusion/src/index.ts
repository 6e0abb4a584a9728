export { combineGuidance, needsUncond } from './guidance/classifier-free.ts'
export { derivative, noiseLatent, unscaleLatent, velocityToDenoised } from './sampler/prediction.ts'
export type { Denoise, DrawNoise, Sample, SampleOptions, SamplerStep, StepInfo } from './sampler/sampler.ts'
export type { OfficialSamplerName, SamplerEntry, SamplerName } from './sampler/samplers.ts'
export { isOfficialSamplerName, isSamplerName, officialSamplers, samplers } from './sampler/samplers.ts'
export { solveLinear } from './sampler/solve-linear.ts'
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
export type { SigmaBounds } from './schedule/sigma-curves.ts'
export {
  exponentialSigmas,
  karrasSigmas,
  laplaceSigmas,
  polyexponentialSigmas,
  vpSigmas,
} from './schedule/sigma-curves.ts'
export { betaSchedule } from './schedule/table-schedules.ts'
export type { BranchStep, PartName } from './step-cache/branch-step.ts'
export type { CachedForwardOptions, SplitNeeds } from './step-cache/cached-forward.ts'
export { createCachedForward, splitNeeds } from './step-cache/cached-forward.ts'
export { clip } from './step-cache/clip.ts'
export type { Change, Decision, GatePlace, GateState } from './step-cache/dicache.ts'
export { COLD, decide, forcedReason } from './step-cache/dicache.ts'
export type { EasyCachePolicy } from './step-cache/easycache.ts'
export type { FbCachePolicy } from './step-cache/fbcache.ts'
export type { IntervalPolicy } from './step-cache/interval.ts'
export type { LaneSpec } from './step-cache/lane.ts'
export type { MagCacheCalibrationPolicy, MagCachePolicy } from './step-cache/magcache.ts'
export { ratiosOf, stretchRatios } from './step-cache/magcache.ts'
export type { NoCachePolicy } from './step-cache/none.ts'
export { NO_CACHE } from './step-cache/none.ts'
export type {
  DiCachePolicy,
  PolicyChoice,
  Profile,
  ProfileName,
  StepCachePolicy,
} from './step-cache/policy.ts'
export { policyOf, PROFILES } from './step-cache/policy.ts'
export type { CachedForward } from './step-cache/run-strategy.ts'
export type {
  Anchors,
  DeepResult,
  ProbeResult,
  ProbeSignal,
  ReuseOptions,
  ReuseResult,
  SampleRange,
  SplitForward,
  Tokens,
} from './step-cache/split-forward.ts'
export { stackRows } from './step-cache/stack-rows.ts'
export type { StepRange, StepWindow } from './step-cache/step-window.ts'
export { parseWindows } from './step-cache/step-window.ts'
export type { Reason, Scope } from './step-cache/strategy.ts'
export type { TaylorSeerPolicy } from './step-cache/taylorseer.ts'
export type { TeaCachePolicy } from './step-cache/teacache.ts'
export { TEACACHE_COEFFICIENTS } from './step-cache/teacache.ts'
