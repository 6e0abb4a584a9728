/** The places a LoRA can attach to, under every spelling that LoRA files use for them. */
import { type FluxModule, type FluxPart, partRows } from './flux-diffusers-map.ts'

/** `[out, in]` of a linear layer's weight. */
export type LinearShape = readonly [out: number, inn: number]

/** What a LoRA is to be matched against. */
export type LoraTargets = {
  /** Linear modules of the base model in BFL layout. */
  readonly bases: ReadonlyMap<string, LinearShape>
  /** Other names of these modules or of their rows. */
  readonly modules: readonly FluxModule[]
  /** What files put before a module's name. @defaultValue what they put before those of a transformer */
  readonly wrappers?: readonly string[]
}

/** Rows of a base module, and from which row of the LoRA's `up` matrix they come. */
export type LoraRows = { readonly rowOffset: number; readonly rows: number; readonly upRowOffset: number }

/** What one module name of a LoRA file stands for: usually one run of rows, two where halves change places. */
export type LoraTarget = {
  readonly base: string
  readonly inWidth: number
  /** Rows of the `up` matrix. */
  readonly outWidth: number
  readonly slices: readonly LoraRows[]
}

/** Looks up the module that a key of a LoRA file begins with. */
export type FindLoraTarget = (
  key: string,
) => { readonly target: LoraTarget; readonly module: string } | undefined

/** What files put before the module name of a transformer; none for files that begin with it. */
const WRAPPERS = [
  'lora_unet_',
  'lora_transformer_',
  'transformer.',
  'diffusion_model.',
  'model.diffusion_model.',
  'base_model.model.',
  '',
] as const

/** The longest known ending after a module name has three dotted words (`lora_A.default.weight`). */
const MAX_ENDING_WORDS = 3

/** Dotted names and their spelling with underscores; a spelling that could mean two modules means neither. */
export function createLoraTargets({ bases, modules, wrappers = WRAPPERS }: LoraTargets): FindLoraTarget {
  const targets = new Map<string, LoraTarget | 'ambiguous'>()

  function add(name: string, target: LoraTarget): void {
    for (const spelling of new Set([name, name.replaceAll('.', '_')])) {
      targets.set(spelling, targets.has(spelling) ? 'ambiguous' : target)
    }
  }

  for (const [base, [out, inn]] of bases) {
    const all = { rowOffset: 0, rows: out, upRowOffset: 0 }
    add(base, { base, inWidth: inn, outWidth: out, slices: [all] })
  }
  for (const module of modules) {
    const shape = module.kind === 'linear' ? bases.get(module.bfl) : undefined
    if (shape === undefined) continue
    for (const part of module.parts) add(part.diffusers, partTarget(module, part, shape))
  }

  return function findLoraTarget(key) {
    let end = key.length
    for (let word = 0; word < MAX_ENDING_WORDS; word += 1) {
      end = key.lastIndexOf('.', end - 1)
      if (end <= 0) return undefined
      for (const wrapper of wrappers) {
        const target = key.startsWith(wrapper) ? targets.get(key.slice(wrapper.length, end)) : undefined
        if (target !== undefined)
          return target === 'ambiguous' ? undefined : { target, module: key.slice(0, end) }
      }
    }
    return undefined
  }
}

function partTarget(module: FluxModule, part: FluxPart, [out, inn]: LinearShape): LoraTarget {
  const { rowOffset, rows } = partRows(part, out, inn)
  const target = { base: module.bfl, inWidth: inn, outWidth: rows }
  if (module.swapHalves === undefined) return { ...target, slices: [{ rowOffset, rows, upRowOffset: 0 }] }
  const half = rows / 2
  return {
    ...target,
    slices: [
      { rowOffset, rows: half, upRowOffset: half },
      { rowOffset: rowOffset + half, rows: half, upRowOffset: 0 },
    ],
  }
}
