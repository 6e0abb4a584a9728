/** Golden checks of kind `sampler`: every model evaluation and the result of every sampler, guidance and start noise. */
import {
  combineGuidance,
  diffusersEulerSchedule,
  diffusersUniPcSchedule,
  hunyuanSchedule,
  isSchedulerName,
  noiseLatent,
  officialSamplers,
  type SamplerEntry,
  samplers,
  sigmasFor,
  staticShiftSchedule,
  wanSchedule,
} from '@dicache/diffusion'
import { batchView, concat, type FloatTensor, floatTensor } from '@dicache/tensor'
import {
  asFloat,
  asNumbers,
  type CaseReader,
  type Check,
  compareNumbers,
  failedCheck,
  listOf,
  type Numbers,
  unknownTensor,
} from '../check.ts'
import { type ClosedForm, closedFormDenoisers } from './closed-form-denoisers.ts'

type CaseJson = {
  readonly config: { readonly shift: number; readonly scheduler: string }
  readonly tensors: Readonly<Record<string, { readonly atol?: number }>>
}

/** The sigma list of each official sampler, with the shift that the case's meanings state. */
const officialSigmas: Readonly<Record<string, (steps: number) => readonly number[]>> = {
  wan_unipc: (steps) => wanSchedule(steps, 5).sigmas,
  wan_unipc_order3: (steps) => wanSchedule(steps, 5).sigmas,
  wan_dpmpp: (steps) => staticShiftSchedule(steps, 5),
  hunyuan_euler: (steps) => hunyuanSchedule(steps, 7).sigmas,
  diffusers_unipc: (steps) => diffusersUniPcSchedule(steps, 5).sigmas,
  diffusers_dpmpp: (steps) => wanSchedule(steps, 5).sigmas,
  diffusers_euler: (steps) => diffusersEulerSchedule(steps, 3),
  diffusers_heun: (steps) => doubled(diffusersEulerSchedule(steps, 3)),
}

/** For sigma lists, as in the `schedule` cases. */
const sigmaTolerance = 2e-6

/** For the sigmas of evaluations, of which the inner ones are computed in float32 by the reference. */
const evaluationTolerance = 2e-7

/** The guidance scale and the start noise's share that the case's meanings state. */
const cfg = 4.5

/** Inputs: read, but nothing to be computed. */
const inputs = /^(?:denoiser\/\w+|x_start|n\d+\/noise|img2img\/(?:latent|noise|sigma)|cfg\/(?:cond|uncond))$/

/** Every sampler of the project by its name in the fixtures. */
const known: Readonly<Record<string, SamplerEntry>> = { ...samplers, ...officialSamplers }

/** Checks every expected tensor of a sampler case. */
export function checkSampler(c: CaseReader): AsyncIterable<Check> {
  return checkSamplers(c, known)
}

/** The same with samplers of the caller's choice. */
export async function* checkSamplers(
  c: CaseReader,
  table: Readonly<Record<string, SamplerEntry>>,
): AsyncIterable<Check> {
  const { config, tensors } = c.json as CaseJson
  const denoisers = await readDenoisers(c)
  const runs = new Map<string, Run>()
  for (const name of c.tensorNames) {
    if (inputs.test(name)) continue
    const expected = asNumbers(name, await c.tensor(name))
    const [, n = '', sampler = '', denoiser = '', part = ''] =
      /^n(\d+)\/(\w+)\/(\w+)\/(\w+)$/.exec(name) ?? []
    const entry = Object.hasOwn(table, sampler) ? table[sampler] : undefined
    const denoise = Object.hasOwn(denoisers, denoiser) ? denoisers[denoiser] : undefined
    if (entry !== undefined && denoise !== undefined) {
      const key = `n${n}/${sampler}/${denoiser}`
      const run = runs.get(key) ?? (await record(c, { n, sampler, entry, denoise }))
      runs.set(key, run)
      const got = partOf(run, part)
      const tolerance = part === 'eval_sigma' ? evaluationTolerance : tensors[name]?.atol
      if (got === undefined) yield unknownTensor(name)
      else if (tolerance === undefined) yield failedCheck(name, 'the case states no tolerance')
      else yield compareNumbers(name, got, expected, tolerance)
      continue
    }
    const list = sigmaList(name, config)
    const single = list === undefined ? await singleStep(c, name) : listOf(list)
    if (single === undefined) yield unknownTensor(name)
    else yield compareNumbers(name, single, expected, tensors[name]?.atol ?? sigmaTolerance)
  }
}

/** A sampling run, with every evaluation. */
type Run = {
  readonly x: readonly FloatTensor[]
  readonly x0: readonly FloatTensor[]
  readonly sigmas: readonly number[]
  readonly final: FloatTensor
}

type RunRequest = {
  readonly n: string
  readonly sampler: string
  readonly entry: SamplerEntry
  readonly denoise: ClosedForm
}

async function record(c: CaseReader, { n, sampler, entry, denoise }: RunRequest): Promise<Run> {
  const own = Object.hasOwn(officialSigmas, sampler) ? `n${n}/${sampler}/sigmas` : `n${n}/sigmas`
  const sigmas = Array.from(asNumbers(own, await c.tensor(own)).data)
  const noise = asFloat('noise', await c.tensor(`n${n}/noise`))
  const run = { x: [] as FloatTensor[], x0: [] as FloatTensor[], sigmas: [] as number[] }
  let drawn = 0
  const final = await entry.sample(
    async (x, sigma) => {
      const x0 = denoise(x, sigma)
      run.x.push(x)
      run.x0.push(x0)
      run.sigmas.push(sigma)
      return x0
    },
    asFloat('x_start', await c.tensor('x_start')),
    // The reference's Heun walks a list with every inner sigma twice; ours takes each once.
    sampler === 'diffusers_heun' ? sigmas.filter((sigma, i) => sigma !== sigmas[i - 1]) : sigmas,
    { noise: (shape) => floatTensor(shape, batchView(noise, drawn++).data) },
  )
  return { ...run, final }
}

function partOf(run: Run, part: string): Numbers | undefined {
  const stack = (list: readonly FloatTensor[]): FloatTensor =>
    concat(list.map(({ shape, data }) => floatTensor([1, ...shape], data)))
  switch (part) {
    case 'eval_x':
      return stack(run.x)
    case 'eval_x0':
      return stack(run.x0)
    case 'eval_sigma':
      return listOf(run.sigmas)
    case 'final':
      return run.final
    default:
      return undefined
  }
}

function sigmaList(name: string, { shift, scheduler }: CaseJson['config']): readonly number[] | undefined {
  const [, n, sampler] = /^n(\d+)(?:\/(\w+))?\/sigmas$/.exec(name) ?? []
  if (n === undefined) return undefined
  if (sampler !== undefined) {
    return Object.hasOwn(officialSigmas, sampler) ? officialSigmas[sampler]?.(Number(n)) : undefined
  }
  if (!isSchedulerName(scheduler)) return undefined
  return sigmasFor({ sampling: { kind: 'flow', shift, multiplier: 1000 }, scheduler, steps: Number(n) })
}

/** The tensors that one function gives from others of the case. */
async function singleStep(c: CaseReader, name: string): Promise<FloatTensor | undefined> {
  const read = async (input: string): Promise<FloatTensor> => asFloat(input, await c.tensor(input))
  switch (name) {
    case 'img2img/x': {
      const { data } = await read('img2img/sigma')
      return noiseLatent(await read('img2img/latent'), await read('img2img/noise'), data[0] ?? Number.NaN)
    }
    case 'cfg/out':
      return combineGuidance(await read('cfg/cond'), await read('cfg/uncond'), cfg)
    default:
      return undefined
  }
}

async function readDenoisers(c: CaseReader): Promise<Readonly<Record<string, ClosedForm>>> {
  const parameters = new Map<string, readonly number[]>()
  for (const name of c.tensorNames.filter((tensor) => tensor.startsWith('denoiser/'))) {
    parameters.set(name.slice('denoiser/'.length), Array.from(asNumbers(name, await c.tensor(name)).data))
  }
  return closedFormDenoisers((name) => {
    const values = parameters.get(name)
    if (values === undefined) throw new RangeError(`the case has no tensor denoiser/${name}`)
    return values
  })
}

function doubled(sigmas: readonly number[]): readonly number[] {
  return sigmas.flatMap((sigma, i) => (i === 0 || i === sigmas.length - 1 ? [sigma] : [sigma, sigma]))
}
