/** One sampling run: noise and schedule, the sampler around guidance around the step cache, and the report. */
import {
  type BranchStep,
  combineGuidance,
  createCachedForward,
  isSamplerName,
  isSchedulerName,
  needsUncond,
  noiseLatent,
  samplers,
  sigmasFor,
  stackRows,
  velocityToDenoised,
  splitNeeds,
  type CachedForward,
  type Denoise,
  type LaneSpec,
  type SplitForward,
  type StepInfo,
} from '@dicache/diffusion'
import type { PartArithmetic, TransformerParts } from '@dicache/models'
import type {
  ConditioningEntry,
  ConditioningValue,
  HostServices,
  JsonObject,
  LatentValue,
  Reporter,
  ReportValue,
} from '@dicache/sdk'
import { batchView, createTorchGenerator, type FloatTensor, floatTensor, latentNoise } from '@dicache/tensor'
import { choosePolicy } from './choose-policy.ts'
import { fitLatent } from './fit-latent.ts'
import { readLatentMap } from './latent-map.ts'
import { createLatentPreviews, type LatentPreviews } from './latent-previews.ts'
import { openSplit } from './open-split.ts'
import { canStack, stackConditions } from './stack-conditions.ts'
import type { ReportFacts } from './report-facts.ts'
import { stepReport } from './step-report.ts'
import { createStopwatch } from './stopwatch.ts'
import type { ModelValue, ProbeValue } from './values.ts'

export type SampleRequest = {
  readonly model: ModelValue
  readonly positive: ConditioningValue
  readonly negative: ConditioningValue
  readonly latent: LatentValue
  readonly seed: bigint
  readonly steps: number
  readonly cfg: number
  readonly sampler: string
  readonly scheduler: string
  /** Share of the noise that is added and removed, 0..1. */
  readonly denoise: number
  readonly probe: ProbeValue | undefined
}

export type SampleServices = {
  readonly host: HostServices
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** Runs the sampler of a request. The state of the cache is made here and dropped at the end, also when the run is aborted. */
export async function sampleLatent(
  request: SampleRequest,
  services: SampleServices,
): Promise<{ latent: LatentValue; report: ReportValue }> {
  const { model, cfg, sampler, scheduler } = request
  if (!isSamplerName(sampler)) throw new RangeError(`unknown sampler ${sampler}`)
  if (!isSchedulerName(scheduler)) throw new RangeError(`unknown scheduler ${scheduler}`)
  const { sample, stochastic, dropPenultimate, evaluationsPerStep } = samplers[sampler]
  const sigmas = sigmasFor({
    sampling: model.transformer.sampling,
    scheduler,
    steps: request.steps,
    denoise: request.denoise,
    dropPenultimate,
  })
  const steps = Math.max(sigmas.length - 1, 0)
  const start = fitLatent(request.latent.samples, model.transformer)
  const noise = latentNoise(start.shape, request.seed, request.latent.batchIndex)
  const branches = needsUncond(cfg)
    ? [only(request.positive, 'positive'), only(request.negative, 'negative')]
    : [only(request.positive, 'positive')]
  const names = ['cond', 'uncond'].slice(0, branches.length)
  const chosen = choosePolicy(model, request.probe ?? model.probe, {
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
  const lanes = await openLanes(branches, async (group) =>
    openSplit(
      services.host.openGraph,
      {
        transformer: model.transformer,
        depth,
        constants: stackConditions(model.transformer, group, start.shape),
        latentShape: [(start.shape[0] ?? 1) * group.length, ...start.shape.slice(1)],
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
  const denoise = guided(forward, branches.length, cfg)
  const [first = 1] = sigmas
  const x = noiseLatent(start, noise, first)
  const generator = createTorchGenerator(request.seed)
  const previews = await openPreviews(model, services.report)
  services.report.progress(0, steps)
  const samples = await sample(denoise, x, sigmas, {
    signal: services.signal,
    noise: (shape) => generator.randn(shape),
    onStep({ step, denoised }) {
      told.during(() => {
        previews?.show(denoised)
        services.report.progress(step + 1, steps, lastDecisions(entries, step))
      })
    },
  })
  const textTokens = only(request.positive, 'positive').context.shape[1] ?? 0
  const stacked = (start.shape[0] ?? 1) * (lanes.length === 1 ? branches.length : 1)
  const tokens = model.transformer.pack(floatTensor([1, ...start.shape.slice(1)])).shape[1] ?? 0
  const wallMs = performance.now() - startedAt
  const facts: ReportFacts = {
    model: model.name,
    policy,
    shadow,
    depth,
    sampler,
    scheduler,
    steps,
    cfg,
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
  return { latent: { ...request.latent, samples }, report }
}

/** Previews, where the model's file has a map for them. */
async function openPreviews(model: ModelValue, report: Reporter): Promise<LatentPreviews | undefined> {
  const { map, fault } = await readLatentMap(model.source.path)
  if (fault !== undefined) report.log(fault, 'warning')
  return map && createLatentPreviews(map, report)
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

/** x₀ from the guided velocity: uncond + cfg · (cond − uncond). */
function guided(forward: CachedForward, branches: number, cfg: number): Denoise {
  return async function denoiseGuided(x: FloatTensor, sigma: number, info: StepInfo): Promise<FloatTensor> {
    const samples = x.shape[0] ?? 1
    const stacked = branches === 1 ? x : stackRows(Array.from({ length: branches }, () => x))
    const out = await forward(stacked, sigma, info)
    const [cond = out, uncond] = Array.from({ length: branches }, (_, n) =>
      batchView(out, n * samples, (n + 1) * samples),
    )
    return velocityToDenoised(x, uncond === undefined ? cond : combineGuidance(cond, uncond, cfg), sigma)
  }
}

function only(conditioning: ConditioningValue, name: string): ConditioningEntry {
  const [entry, ...more] = conditioning
  if (entry === undefined) throw new RangeError(`the ${name} conditioning is empty`)
  if (more.length > 0)
    throw new RangeError(
      `the ${name} conditioning combines ${more.length + 1} prompts, which this sampler does not support yet; connect one prompt`,
    )
  return entry
}

function stepEvent(entry: BranchStep, names: readonly string[]): JsonObject {
  return {
    step: entry.step,
    order: entry.order,
    branch: names[entry.branch] ?? String(entry.branch),
    sigma: entry.sigma,
    decision: entry.action,
    reason: entry.reason,
    indicator: entry.indicator ?? null,
    accumulator: entry.accCompared ?? null,
    gammaRaw: entry.gammaRaw === undefined || !Number.isFinite(entry.gammaRaw) ? null : entry.gammaRaw,
    gamma: entry.gamma ?? null,
    ms: entry.probeMs + entry.restMs,
  }
}

/** For whoever holds measured times against a floor (`bench sampler`). */
function arithmeticJson(parts: TransformerParts<PartArithmetic>): JsonObject {
  const part = ({ products, attentionFlops }: PartArithmetic): JsonObject => ({
    products: products.map((product) => ({ ...product })),
    attentionFlops,
  })
  return { probe: part(parts.probe), deep: part(parts.deep), reuse: part(parts.reuse) }
}

function lastDecisions(entries: readonly BranchStep[], step: number): string {
  const actions = new Set(entries.filter((entry) => entry.step === step).map(({ action }) => action))
  return [...actions]
    .map((action) => (action === 'forced' || action === 'refreshed' ? 'computed' : 'reused'))
    .join('/')
}
