/** Brings the values of a node's inputs together: lists by name, and from them the calls (SPEC X-5). */
import { HostError } from '@dicache/protocol'
import type { ParamManifest } from '@dicache/protocol'
import { Blocker, NodeLink } from '@dicache/sdk'
import type { PlanNode } from '../planning/plan-run.ts'
import { coerceValue } from '../validation/coerce-value.ts'

/** Values by input; inputs that are not connected or not computed are left out. */
export type InputLists = ReadonlyMap<string, readonly unknown[]>

/** The values of one call. */
export type Call = {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly params: Readonly<Record<string, unknown>>
  /** The first blocker among the values: the call is not made. */
  readonly blocker: Blocker | undefined
}

/** Collects the lists. `listOf` gives a source's list, or undefined while it is not computed. */
export function gatherInputs(
  { node, type }: PlanNode,
  listOf: (id: string, slot: number) => readonly unknown[] | undefined,
): InputLists {
  const lists = new Map<string, readonly unknown[]>()
  for (const [name, input] of node.inputs) {
    const param = type.params.get(name)
    if (input.kind === 'link') {
      if (type.ports.get(name)?.rawLink) lists.set(name, [new NodeLink(input.from, input.slot, 'graph')])
      else {
        const list = listOf(input.from, input.slot)
        if (list === undefined) continue
        lists.set(name, param === undefined ? list : list.map((value) => linkedValue(param, value)))
      }
    } else if (input.kind !== 'bad-link') {
      lists.set(name, [input.value])
    }
  }
  return lists
}

/**
 * A linked value as its setting's kind: an INT may arrive as number or bigint. Ranges are not checked, as in ComfyUI.
 * @throws WRONG_VALUE_TYPE when it cannot be converted, VALUE_NOT_IN_LIST for a choice that is none.
 */
function linkedValue(param: ParamManifest, value: unknown): unknown {
  if (value instanceof Blocker) return value
  const isScalar = ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
  const coerced = isScalar ? coerceValue(param.kind, value as string | number | bigint | boolean) : undefined
  if (!coerced?.ok) {
    const reason = coerced === undefined ? `it got a value of the type ${typeof value}` : coerced.reason
    throw new HostError(
      'WRONG_VALUE_TYPE',
      `The link to the setting "${param.name}" does not fit: ${reason}.`,
    )
  }
  if (
    param.kind === 'choice' &&
    param.options !== undefined &&
    !param.options.includes(String(coerced.value))
  ) {
    throw new HostError(
      'VALUE_NOT_IN_LIST',
      `The link to "${param.name}" gives "${coerced.value}", which is not one of its options.`,
    )
  }
  return coerced.value
}

/**
 * The calls that the lists make: as many as the longest, shorter ones repeat their last value; or one with all lists.
 * @throws EMPTY_LIST when a list has nothing to repeat.
 */
export function buildCalls({ type, node }: PlanNode, lists: InputLists): readonly Call[] {
  if (type.manifest.inputIsList) return [callOf(type, [...lists], (list) => list ?? [])]
  let count = 1
  for (const [name, { length }] of lists) {
    if (length === 0) {
      throw new HostError(
        'EMPTY_LIST',
        `The input "${name}" of "${node.title}" got an empty list. Check what is connected to it.`,
      )
    }
    count = Math.max(count, length)
  }
  const entries = [...lists]
  return Array.from({ length: count }, (_, index) =>
    callOf(type, entries, (list) => list?.[Math.min(index, list.length - 1)]),
  )
}

function callOf(
  type: PlanNode['type'],
  entries: readonly (readonly [string, readonly unknown[]])[],
  pick: (list: readonly unknown[] | undefined) => unknown,
): Call {
  const inputs: Record<string, unknown> = {}
  const params: Record<string, unknown> = {}
  // Inputs that are not there are present as undefined (or as an empty list).
  for (const name of type.ports.keys()) inputs[name] = pick(undefined)
  for (const name of type.params.keys()) params[name] = pick(undefined)
  let blocker: Blocker | undefined
  for (const [name, list] of entries) {
    const value = pick(list)
    if (type.params.has(name)) params[name] = value
    else if (name !== '__proto__') inputs[name] = value
    blocker ??= blockerIn(value)
  }
  return { inputs, params, blocker }
}

function blockerIn(value: unknown): Blocker | undefined {
  if (value instanceof Blocker) return value
  return Array.isArray(value) ? value.find((item) => item instanceof Blocker) : undefined
}
