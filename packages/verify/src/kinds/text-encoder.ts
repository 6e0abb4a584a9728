/** Golden checks of kind `text-encoder`: every state of every group of rows, from every weight file of the case. */
import { type FloatTensor, floatTensor, type Tensor, type TensorOf } from '@dicache/tensor'
import {
  asFloat,
  type CaseReader,
  type Check,
  compareNumbers,
  unknownTensor,
  type VerifyContext,
} from '../check.ts'
import { record } from '../json.ts'
import { type EncoderCase, type EncoderRows, openEncoder } from './encoder-case.ts'

const INPUTS: readonly string[] = ['ids', 'mask']

/** A state with the masked positions set to 0, as pipelines hand it on; computed from the state it is named after. */
const ZEROED = '_zeroed'

export async function* checkTextEncoder(c: CaseReader, context: VerifyContext): AsyncGenerator<Check> {
  for (const fileName of Object.keys(record(record(c.json)['files']))) {
    const encoder = await openEncoder(c.folder, fileName, c.json)
    const suffix = fileName === 'weights.safetensors' ? '' : ` (${fileName})`
    try {
      for (const [group, names] of groupsOf(c.tensorNames))
        yield* checkGroup(c, context, { encoder, group, names, suffix })
    } finally {
      await encoder.file.close()
    }
  }
}

type Group = {
  readonly encoder: EncoderCase
  readonly group: string
  /** Names of the group's expected states. */
  readonly names: readonly string[]
  readonly suffix: string
}

async function* checkGroup(
  c: CaseReader,
  context: VerifyContext,
  { encoder, group, names, suffix }: Group,
): AsyncGenerator<Check> {
  const rows = await readRows(c, group)
  const known = names.filter(
    (name) => encoder.gives(plainName(name)) && (!name.endsWith(ZEROED) || rows.mask !== undefined),
  )
  const states = await encoder.run(context.openGraph, rows, [...new Set(known.map(plainName))])
  for (const name of names) {
    const full = `${group}/${name}`
    const state = states[plainName(name)]
    if (!known.includes(name) || state === undefined) {
      yield unknownTensor(full)
      continue
    }
    const got = asFloat(full, state)
    const expected = asFloat(full, await c.tensor(full))
    yield compareNumbers(
      full + suffix,
      name.endsWith(ZEROED) ? zeroMasked(got, rows.mask) : got,
      expected,
      toleranceOf(c.json, full),
    )
  }
}

/** Groups of tensors by what stands before the slash, with the names of their expected states. */
function groupsOf(tensorNames: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(tensorNames, (name) => name.slice(0, name.lastIndexOf('/')))
  return new Map(
    Array.from(groups, ([group, names]) => [
      group,
      names.map((name) => name.slice(group.length + 1)).filter((name) => !INPUTS.includes(name)),
    ]),
  )
}

async function readRows(c: CaseReader, group: string): Promise<EncoderRows> {
  const maskName = `${group}/mask`
  return {
    ids: asInts(await c.tensor(`${group}/ids`)),
    mask: c.tensorNames.includes(maskName) ? asInts(await c.tensor(maskName)) : undefined,
  }
}

function asInts(tensor: Tensor): TensorOf<'int32'> {
  if (tensor.dtype !== 'int32') throw new TypeError(`ids and masks are int32, not ${tensor.dtype}`)
  return tensor
}

function plainName(name: string): string {
  return name.endsWith(ZEROED) ? name.slice(0, -ZEROED.length) : name
}

/** states [B, L, C], mask [B, L] */
function zeroMasked(states: FloatTensor, mask: TensorOf<'int32'> | undefined): FloatTensor {
  const channels = states.shape.at(-1) ?? 1
  return floatTensor(
    states.shape,
    states.data.map((value, n) => (mask?.data.at(Math.floor(n / channels)) === 0 ? 0 : value)),
  )
}

function toleranceOf(json: unknown, name: string): number {
  return Number(record(record(record(json)['tensors'])[name])['atol'] ?? 0)
}
