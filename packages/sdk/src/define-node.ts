/** Declares a node: what it is called, what goes in and out, and the function that runs it. */
import { nodeManifest } from './node-manifest.ts'
import type { NodeContext, NodeDefinition, NodeSpec, Params, Ports } from './node-spec.ts'

type None = Record<never, never>

/**
 * Declares a node.
 * @throws TypeError when the declaration contradicts itself (two inputs of one name, a default out of range).
 * @example
 * export const invert: NodeDefinition = defineNode({
 *   type: 'ImageInvert', version: 1, title: 'Invert Image', category: 'image', description: 'Makes a negative.',
 *   inputs: { image: port.image() },
 *   outputs: { image: port.image() },
 *   run: ({ inputs }) => ({ image: invertImage(inputs.image) }),
 * })
 */
export function defineNode<
  const I extends Ports = None,
  const P extends Params = None,
  const O extends Ports = None,
  const L extends boolean = false,
>(spec: NodeSpec<I, P, O, L>): NodeDefinition {
  // Here, and only here, the value types are given up: the executor matches them by port type instead.
  const erased = spec as unknown as NodeSpec<Ports, Params, Ports, boolean> & Omit<NodeDefinition, 'manifest'>
  const { fingerprint, checkLazy, validate, migrations } = erased
  return Object.freeze({
    manifest: nodeManifest(erased),
    run: async function runNode(context: NodeContext) {
      context.signal.throwIfAborted()
      return (await erased.run(context)) ?? {}
    },
    ...(fingerprint && { fingerprint }),
    ...(checkLazy && { checkLazy }),
    ...(validate && { validate }),
    ...(migrations && { migrations }),
  })
}
