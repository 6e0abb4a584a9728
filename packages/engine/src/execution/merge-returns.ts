/** Turns what the calls of a node gave into one list per output (SPEC ). */
import { HostError } from '@dicache/protocol'
import type { JsonValue, PortManifest } from '@dicache/protocol'
import { Blocker, Expansion, NodeLink } from '@dicache/sdk'
import type { UiOutput } from '@dicache/sdk'
import type { NodeOutput } from '../caching/result-cache.ts'
import type { NodeType } from '../registry.ts'
import type { CallReturn } from './task.ts'

/** Gives the list behind a link of an expansion. */
export type ResolveLink = (link: NodeLink) => readonly unknown[]

/**
 * Concatenates the calls. Blocked calls give silent blockers.
 * @throws NODE_FAILED when a call left out an output.
 */
export function mergeReturns(
  { manifest }: NodeType,
  returns: readonly CallReturn[],
  resolve: ResolveLink = () => [],
): NodeOutput {
  const lists = manifest.outputs.map((port) => returns.flatMap((given) => itemsOf(port, given, resolve)))
  const ui = mergeUi(returns)
  return ui === undefined ? { lists } : { lists, ui }
}

function itemsOf(port: PortManifest, given: CallReturn, resolve: ResolveLink): readonly unknown[] {
  if (given instanceof Blocker) return [new Blocker()]
  const values = given instanceof Expansion ? given.outputs : given
  if (!Object.hasOwn(values, port.name)) {
    throw new HostError('NODE_FAILED', `It gave no output "${port.name}". This is a fault of the node.`)
  }
  const value = values[port.name]
  if (given instanceof Expansion && value instanceof NodeLink) return resolve(value)
  if (!port.list || value instanceof Blocker) return [value]
  if (!Array.isArray(value)) {
    throw new HostError(
      'NODE_FAILED',
      `Its output "${port.name}" must be a list. This is a fault of the node.`,
    )
  }
  return value as readonly unknown[]
}

/** Data for the user interface: lists of the calls one after the other, by the kinds that the first call gave. */
function mergeUi(returns: readonly CallReturn[]): UiOutput | undefined {
  const given = returns.flatMap((item) =>
    item instanceof Blocker || item instanceof Expansion || item['ui'] === undefined
      ? []
      : [item['ui'] as UiOutput],
  )
  const [first] = given
  if (first === undefined) return undefined
  return Object.fromEntries(
    Object.keys(first).map((kind): [string, readonly JsonValue[]] => [
      kind,
      given.flatMap((ui) => ui[kind] ?? []),
    ]),
  )
}
