/** What a node gives back: values, a refusal to give one (a blocker), or a graph that stands in for it. */
import type { JsonValue } from '@dicache/protocol'
import { NodeLink } from './node-link.ts'

/** Data for the user interface by kind, such as `{ images: [{ filename, subfolder, type }] }`. */
export type UiOutput = Readonly<Record<string, readonly JsonValue[]>>

/** Stands for a value that will not come: whoever consumes it is skipped. */
export class Blocker {
  /** Shown once, at the first consumer; without it consumers are skipped in silence. */
  readonly message: string | undefined

  constructor(message?: string) {
    this.message = message
  }
}

/** Blocks whatever uses this output. @example `return { image: enabled ? image : block('switched off') }` */
export function block(message?: string): Blocker {
  return new Blocker(message)
}

/** A node inside an expansion. Inputs are links (`linkTo`) or values of any kind, tensors included. */
export type ExpansionNode = {
  readonly type: string
  readonly inputs: Readonly<Record<string, unknown>>
  /** The visible node that its progress is shown at. @defaultValue the node that expanded */
  readonly displayId?: string
}

/** A graph that takes a node's place at run time. */
export class Expansion {
  readonly nodes: Readonly<Record<string, ExpansionNode>>
  /** For each output of the expanding node a value, or a link into `nodes`. */
  readonly outputs: Readonly<Record<string, unknown>>

  constructor(nodes: Readonly<Record<string, ExpansionNode>>, outputs: Readonly<Record<string, unknown>>) {
    this.nodes = nodes
    this.outputs = outputs
  }
}

/** Links to output `slot` of a node of the same expansion. */
export function linkTo(node: string, slot: number = 0): NodeLink {
  return new NodeLink(node, slot, 'expansion')
}

/** Puts a graph in the place of the node. @example `return expand({ a: { type: 'Add', inputs } }, { sum: linkTo('a') })` */
export function expand(
  nodes: Readonly<Record<string, ExpansionNode>>,
  outputs: Readonly<Record<string, unknown>>,
): Expansion {
  return new Expansion(nodes, outputs)
}
