/**
 * Finds the low-rank pairs of a LoRA file and what they attach to: W + strength · alpha/rank · up · down.
 * Understands kohya's, diffusers' (PEFT's) and ComfyUI's names, in BFL or diffusers module names.
 */
import { DTYPES } from './dtypes.ts'
import { WeightsError } from './errors.ts'
import { type AdapterAlpha, readAdapterAlpha, readScalar } from './lora-alpha.ts'
import {
  createLoraTargets,
  type LinearShape,
  type LoraRows,
  type LoraTarget,
  type LoraTargets,
} from './lora-targets.ts'
import type { WeightFile } from './weight-file.ts'

/** A LoRA's contribution to some rows of a base module. */
export type LoraSlice = LoraRows & {
  readonly rank: number
  /** The contribution is scaled by alpha / rank. */
  readonly alpha: number
  /** Key of the matrix `[rank, in]`. */
  readonly down: string
  /** Key of the matrix `[…, rank]`; rows `upRowOffset … upRowOffset + rows` belong to this slice. */
  readonly up: string
}

/** The LoRA, by base module in BFL names; slices in the order of their rows. */
export type LoraPairs = {
  readonly slices: ReadonlyMap<string, readonly LoraSlice[]>
  /** Keys that were not used: unknown modules, half pairs, and whole modules that have more than a plain pair (DoRA, biases). */
  readonly unmatched: readonly string[]
}

type LoraFile = Pick<WeightFile, 'path' | 'metadata' | 'tensors' | 'readFloat32' | 'readTensor'>
type Role = 'down' | 'up' | 'alpha'
type Group = {
  readonly target: LoraTarget
  readonly keys: Map<Role, string>
  readonly all: string[]
  plain: boolean
}

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['lora_down.weight', 'down'],
  ['lora_A.weight', 'down'],
  ['lora_A.default.weight', 'down'],
  ['lora.down.weight', 'down'],
  ['lora_up.weight', 'up'],
  ['lora_B.weight', 'up'],
  ['lora_B.default.weight', 'up'],
  ['lora.up.weight', 'up'],
  ['alpha', 'alpha'],
])

/**
 * Matches a LoRA file against the modules of a base model. Reads the alphas; the matrices stay on disk.
 * @throws WRONG_SHAPE when a pair does not fit its module; WRONG_DTYPE when a matrix is not of a float type
 */
export async function readLoraPairs(
  file: LoraFile,
  targets: LoraTargets,
  signal?: AbortSignal,
): Promise<LoraPairs> {
  const { groups, unmatched } = groupKeys(file, targets)
  const adapterAlpha = readAdapterAlpha(file)
  const found = new Map<string, LoraSlice[]>()
  for (const [module, group] of groups) {
    const down = group.keys.get('down')
    const up = group.keys.get('up')
    if (down === undefined || up === undefined || !group.plain) {
      unmatched.push(...group.all)
      continue
    }
    const rank = checkPair(file, group.target, { down, up })
    const alpha = await alphaOf(file, { module, group, rank, adapterAlpha }, signal)
    const slices = group.target.slices.map((rows) => ({ ...rows, rank, alpha, down, up }))
    found.set(group.target.base, [...(found.get(group.target.base) ?? []), ...slices])
  }
  return { slices: inOrder(found, targets.bases), unmatched }
}

/** The linear layers of a view in BFL layout, as targets for {@link readLoraPairs}. */
export function linearShapes(view: Pick<WeightFile, 'tensors'>): ReadonlyMap<string, LinearShape> {
  const shapes = new Map<string, LinearShape>()
  for (const [key, { shape }] of view.tensors) {
    const [out, inn] = shape
    if (!key.endsWith('.weight') || out === undefined || inn === undefined || shape.length !== 2) continue
    shapes.set(key.slice(0, -'.weight'.length), [out, inn])
  }
  return shapes
}

function groupKeys(
  file: LoraFile,
  targets: LoraTargets,
): { groups: ReadonlyMap<string, Group>; unmatched: string[] } {
  const find = createLoraTargets(targets)
  const groups = new Map<string, Group>()
  const unmatched: string[] = []
  for (const key of file.tensors.keys()) {
    const match = find(key)
    if (match === undefined) {
      unmatched.push(key)
      continue
    }
    const group: Group = groups.get(match.module) ?? {
      target: match.target,
      keys: new Map(),
      all: [],
      plain: true,
    }
    groups.set(match.module, group)
    group.all.push(key)
    const role = ROLES.get(key.slice(match.module.length + 1))
    if (role === undefined || group.keys.has(role)) group.plain = false
    else group.keys.set(role, key)
  }
  return { groups, unmatched }
}

/** The rank of a pair whose matrices fit each other and the module. */
function checkPair(
  { path, tensors }: LoraFile,
  target: LoraTarget,
  pair: { down: string; up: string },
): number {
  const rank = tensors.get(pair.down)?.shape[0] ?? 0
  const wanted = [
    { key: pair.down, shape: [rank, target.inWidth] },
    { key: pair.up, shape: [target.outWidth, rank] },
  ]
  for (const { key, shape } of wanted) {
    const entry = tensors.get(key)
    if (rank === 0 || entry?.shape.join() !== shape.join()) {
      const what = `its shape is [${entry?.shape.join(', ') ?? ''}]; ${target.base} takes [${shape.join(', ')}]. The LoRA is for another model`
      throw new WeightsError('WRONG_SHAPE', what, { path, key })
    }
    if (DTYPES[entry.dtype].kind !== 'float') {
      throw new WeightsError('WRONG_DTYPE', `${entry.dtype} is no type for a LoRA matrix`, { path, key })
    }
  }
  return rank
}

type PairFacts = {
  readonly module: string
  readonly group: Group
  readonly rank: number
  readonly adapterAlpha: AdapterAlpha
}

async function alphaOf(
  file: LoraFile,
  { module, group, rank, adapterAlpha }: PairFacts,
  signal?: AbortSignal,
): Promise<number> {
  const key = group.keys.get('alpha')
  return key === undefined ? (adapterAlpha(module, rank) ?? rank) : await readScalar(file, key, signal)
}

function inOrder(
  found: ReadonlyMap<string, readonly LoraSlice[]>,
  bases: ReadonlyMap<string, LinearShape>,
): ReadonlyMap<string, readonly LoraSlice[]> {
  const ordered = new Map<string, readonly LoraSlice[]>()
  for (const base of bases.keys()) {
    const slices = found.get(base)
    if (slices !== undefined)
      ordered.set(
        base,
        slices.toSorted((a, b) => a.rowOffset - b.rowOffset),
      )
  }
  return ordered
}
