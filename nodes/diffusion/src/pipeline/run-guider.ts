/** One sampling run: the sampler around the guider's mix around the step cache, and the report. */
import {
  type BranchStep,
  createCachedForward,
  type LaneSpec,
  noiseLatent,
  type SamplerName,
  samplers,
  type SplitForward,
  splitNeeds,
  unscaleLatent,
} from '@dicache/diffusion'
import { HostError } from '@dicache/sdk'
import type { ConditioningEntry, HostServices, LatentValue, Reporter, ReportValue } from '@dicache/sdk'
import { createTorchGenerator, type FloatTensor, floatTensor, latentNoise } from '@dicache/tensor'
import { choosePolicy } from './choose-policy.ts'
import { fitLatent } from './fit-latent.ts'
import { hasPictureChannels } from './conditioning-extra.ts'
import { branchesOf, type GuiderValue } from './guider.ts'
import { guided } from './guided.ts'
import { refuseForeignPrompt, refuseForeignReferences } from './load-parts.ts'
import { openPreviews } from './latent-previews.ts'
import { denoiseMasked, fitNoiseMask } from './noise-mask.ts'
import { openSplit } from './open-split.ts'
import { canStack, referenceTokens, stackConditions } from './stack-conditions.ts'
import { arithmeticJson, lastDecisions, stepEvent } from './step-event.ts'
import type { ReportFacts } from './report-facts.ts'
import { stepReport } from './step-report.ts'
import { createStopwatch } from './stopwatch.ts'
import { type NoiseValue, type ProbeValue, samplingOf } from './values.ts'

export type GuiderRun = {
  readonly guider: GuiderValue
  readonly sampler: SamplerName
  /** For reports. */
  readonly scheduler: string
  /** Falling noise levels, 1 or less. */
  readonly sigmas: readonly number[]
  readonly noise: NoiseValue
  readonly latent: LatentValue
  /** The step cache; without it the one on the model. */
  readonly probe: ProbeValue | undefined
}

export type SampleServices = {
  readonly host: HostServices
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** What a run gives: the latent, the model's last picture of it without noise, and the report. */
export type GuiderResult = {
  readonly latent: LatentValue
  readonly denoised: LatentValue
  readonly report: ReportValue
}

/**
 * Runs a sampler. The state of the cache is made here and dropped at the end, also when the run is aborted.
 * @throws HostError for noise levels or conditionings that it cannot honour.
 */
export async function runGuider(run: GuiderRun, services: SampleServices): Promise<GuiderResult> {
  const { guider, sampler, sigmas } = run
  const { model } = guider
  const { sample, stochastic, evaluationsPerStep } = samplers[sampler]
  refuseSigmas(sigmas)
  const steps = Math.max(sigmas.length - 1, 0)
  const start = fitLatent(run.latent.samples, model.transformer)
  const noise = run.noise.isEmpty
    ? floatTensor(start.shape)
    : latentNoise(start.shape, run.noise.seed, run.latent.batchIndex)
  const branches = branchesOf(guider, samplingOf(model))
  for (const { entry } of branches) {
    refuseForeignPrompt(model, entry)
    refuseForeignReferences(model, entry)
  }
  if (branches.some(({ entry }) => hasPictureChannels(entry)))
    services.report.log(
      `${model.name} takes no picture beside its latent: the one of InstructPixToPixConditioning is not looked at`,
      'warning',
    )
  const names = branches.map(({ name }) => name)
  const chosen = choosePolicy(model, run.probe ?? model.probe, {
    steps,
    branches: branches.length,
    stochastic,
    evaluationsPerStep,
  })
  for (const warning of chosen.warnings) services.report.log(warning, 'warning')

  const entries: BranchStep[] = []
  const bytes = { moved: 0 }
  const startedAt = performance.now()
  const told = createStopwatch(() => performance.now())
  const { policy, depth, shadow, staleProbe } = chosen
  const lanes = await openLanes(
    branches.map(({ entry }) => entry),
    async (group) =>
      openSplit(
        services.host.openGraph,
        {
          transformer: model.transformer,
          depth,
          constants: stackConditions(model.transformer, group, start.shape),
          latentShape: [(start.shape[0] ?? 1) * group.length, ...start.shape.slice(1)],
          sigmas: sigmas.slice(0, steps),
          needs: splitNeeds(policy),
        },
        { signal: services.signal, bytes },
      ),
  )
  const forward = createCachedForward(lanes, {
    policy,
    shadow,
    staleProbe,
    branches: branches.length,
    steps,
    sigmas,
    now: () => performance.now(),
    onStep(entry) {
      entries.push(entry)
      told.during(() => services.report.event('step-cache', stepEvent(entry, names)))
    },
  })
  const whole = guided(forward, branches)
  const { noiseMask } = run.latent
  const denoise =
    noiseMask === undefined
      ? whole
      : denoiseMasked(whole, { latent: start, noise, mask: fitNoiseMask(noiseMask, start.shape) })
  const generator = createTorchGenerator(run.noise.seed)
  const previews = await openPreviews(model.source.path, services.report)
  services.report.progress(0, steps)
  let lastDenoised: FloatTensor | undefined
  // Without a step the latent comes back as it was given.
  const [first] = sigmas
  const x = first === undefined || steps === 0 ? start : noiseLatent(start, noise, first)
  const sampled = await sample(denoise, x, sigmas, {
    signal: services.signal,
    noise: (shape) => generator.randn(shape),
    onStep({ step, denoised }) {
      lastDenoised = denoised
      told.during(() => previews?.show(denoised))
      told.during(() => services.report.progress(step + 1, steps, lastDecisions(entries, step)))
    },
  })
  const samples = steps === 0 ? sampled : unscaleLatent(sampled, sigmas.at(-1) ?? 0)
  const textTokens = branches[0]?.entry.context.shape[1] ?? 0
  const stacked = (start.shape[0] ?? 1) * (lanes.length === 1 ? branches.length : 1)
  const ownTokens = model.transformer.pack(floatTensor([1, ...start.shape.slice(1)])).shape[1] ?? 0
  const tokens = ownTokens + referenceTokens(model.transformer, branches[0]?.entry)
  const wallMs = performance.now() - startedAt
  const facts: ReportFacts = {
    model: model.name,
    policy,
    shadow,
    depth,
    sampler,
    scheduler: run.scheduler,
    steps,
    cfg: guider.cfg,
    branches: names,
    entries,
    wallMs,
    bytesMoved: bytes.moved,
    cacheBytes: forward.heldBytes(),
    arithmetic: model.transformer.arithmetic(depth, {
      samples: start.shape[0] ?? 1,
      tokens,
      textTokens,
    }),
  }
  const report = told.during(() => stepReport(facts))
  const arithmetic = model.transformer.arithmetic(depth, { samples: stacked, tokens, textTokens })
  const reportMs = told.spentMs()
  services.report.event('sampling-report', { report, reportMs, arithmetic: arithmeticJson(arithmetic) })
  const latent = { ...run.latent, samples }
  return { latent, denoised: { ...run.latent, samples: lastDenoised ?? samples }, report }
}

/** One split forward over all branches where they stack, else one a branch. */
async function openLanes(
  branches: readonly ConditioningEntry[],
  open: (group: readonly ConditioningEntry[]) => Promise<SplitForward>,
): Promise<readonly LaneSpec[]> {
  const groups = canStack(branches) ? [branches] : branches.map((branch) => [branch])
  const lanes: LaneSpec[] = []
  for (const group of groups) lanes.push({ split: await open(group), branches: group.length })
  return lanes
}

/** @throws HostError VALUE_OUT_OF_RANGE for levels that flow models do not have. */
function refuseSigmas(sigmas: readonly number[]): void {
  const bad = sigmas.find((sigma) => !(sigma >= 0 && sigma <= 1))
  if (bad === undefined) return
  throw new HostError(
    'VALUE_OUT_OF_RANGE',
    `the noise level ${bad} is not one of this model’s, which go from 1 (noise) to 0; schedules up to 14.6 belong to other families. Use BasicScheduler, or sigma_max 1.`,
  )
}
