/** Asks nodes for the state of the world that their results depend on (SPEC C-3). */
import type { HookContext } from '@dicache/sdk'
import type { Graph } from '../graph.ts'
import type { Registry } from '../registry.ts'
import { constantsOf } from '../validation/host-checks.ts'
import type { WorldState } from './cache-key.ts'

/** The state of the world by node id, for the nodes that depend on it. Hooks see constants only. */
export async function collectFingerprints(
  graph: Graph,
  order: readonly string[],
  { registry, ...services }: Pick<HookContext, 'host' | 'signal'> & { readonly registry: Registry },
): Promise<ReadonlyMap<string, WorldState>> {
  const hooks = order.flatMap((id) => {
    const node = graph.nodes.get(id)
    const hook = node && registry.get(node.type)?.definition.fingerprint
    return hook === undefined || node === undefined ? [] : [{ id, node, hook }]
  })
  const asked = hooks.map(async ({ id, node, hook }): Promise<readonly [string, WorldState]> => {
    try {
      const value = await hook({ ...services, params: constantsOf(node) })
      return [id, Number.isNaN(value) ? { kind: 'never' } : { kind: 'known', value }]
    } catch {
      // A hook that throws (a file is gone, say) means: run the node, and let it tell what is wrong.
      services.signal.throwIfAborted()
      return [id, { kind: 'never' }]
    }
  })
  return new Map(await Promise.all(asked))
}
