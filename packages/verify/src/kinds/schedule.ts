/** Golden checks of kind `schedule`: sigma lists of ComfyUI's schedulers and of the official pipelines. */
import {
  diffusersEulerSchedule,
  diffusersUniPcSchedule,
  fluxSchedule,
  hunyuanSchedule,
  isSchedulerName,
  type ModelSampling,
  muOfTokens,
  sigmasFor,
  staticShiftSchedule,
  wanSchedule,
} from '@dicache/diffusion'
import { asNumbers, type CaseReader, type Check, compareNumbers, listOf, unknownTensor } from '../check.ts'

type CaseJson = {
  readonly atol: number
  readonly models: Readonly<Record<string, ModelSampling>>
}

/** Lists that name a shift, a number of steps and a part. */
const timed = {
  wan: wanSchedule,
  hunyuan: hunyuanSchedule,
  diffusers_unipc: diffusersUniPcSchedule,
  diffusers_flow_euler: (steps: number, shift: number) => ({
    sigmas: diffusersEulerSchedule(steps, shift),
    timesteps: undefined,
  }),
}

/** Checks every tensor of a schedule case; all of them are expected values. */
export async function* checkSchedule(c: CaseReader): AsyncIterable<Check> {
  const json = c.json as CaseJson
  for (const name of c.tensorNames) {
    const got = scheduleOf(name, json.models)
    const expected = await c.tensor(name)
    if (got === undefined) yield unknownTensor(name)
    // Whole timesteps are exact; sigmas and timesteps that are sigma·1000 have the case's tolerance in their unit.
    else if (expected.dtype === 'int32') yield compareNumbers(name, listOf(got), asNumbers(name, expected), 0)
    else {
      const unit = name.endsWith('/timesteps') ? 1000 : 1
      yield compareNumbers(name, listOf(got), asNumbers(name, expected), json.atol * unit)
    }
  }
}

/** The list that a tensor's name asks for, or nothing for a name that is not known. */
function scheduleOf(name: string, models: CaseJson['models']): readonly number[] | undefined {
  if (name.startsWith('comfyui/')) return comfyuiList(name, models)
  const flux = /^flux\/(?:seq(\d+)|schnell)\/n(\d+)$/.exec(name)
  if (flux !== null) {
    const [, tokens, steps] = flux
    return fluxSchedule(Number(steps), tokens === undefined ? undefined : muOfTokens(Number(tokens)))
  }
  const [, source, shift, steps, part] =
    /^(\w+)\/shift([\d.]+)\/n(\d+)(?:\/(sigmas|timesteps))?$/.exec(name) ?? []
  if (source === 'static' && part === undefined) return staticShiftSchedule(Number(steps), Number(shift))
  if (source === undefined || !Object.hasOwn(timed, source) || part === undefined) return undefined
  return timed[source as keyof typeof timed](Number(steps), Number(shift))[part as 'sigmas' | 'timesteps']
}

function comfyuiList(name: string, models: CaseJson['models']): readonly number[] | undefined {
  const [, model = '', scheduler = '', steps, denoise, drop] =
    /^comfyui\/(\w+)\/(\w+)\/n(\d+)(?:\/denoise([\d.]+)|\/(drop_penultimate))?$/.exec(name) ?? []
  const sampling = Object.hasOwn(models, model) ? models[model] : undefined
  if (sampling === undefined || !isSchedulerName(scheduler)) return undefined
  return sigmasFor({
    sampling,
    scheduler,
    steps: Number(steps),
    denoise: denoise === undefined ? 1 : Number(denoise),
    dropPenultimate: drop !== undefined,
  })
}
