/** The nodes that exist: a frozen value, built once from packs. */
import { HostError, paramsSchema } from '@dicache/protocol'
import type { NodeManifest, ParamConstants, ParamManifest, PortManifest, Schema } from '@dicache/protocol'
import type { NodeDefinition, Pack } from '@dicache/sdk'

/** One node type, with what is looked up in it again and again. */
export type NodeType = {
  readonly pack: string
  /** The pack's version: part of cache keys, so that a new one computes everything again. */
  readonly packVersion: string
  readonly definition: NodeDefinition
  readonly manifest: NodeManifest
  readonly ports: ReadonlyMap<string, PortManifest>
  readonly params: ReadonlyMap<string, ParamManifest>
  readonly schema: Schema<ParamConstants>
}

/** The node types, by name. */
export type Registry = {
  readonly get: (type: string) => NodeType | undefined
  readonly types: readonly string[]
  readonly manifests: readonly NodeManifest[]
}

/**
 * Builds the registry.
 * @throws DUPLICATE_NODE_TYPE when two packs define one type.
 */
export function createRegistry(packs: readonly Pack[]): Registry {
  const byType = new Map<string, NodeType>()
  for (const pack of packs) {
    for (const definition of pack.nodes) {
      const { manifest } = definition
      const first = byType.get(manifest.type)
      if (first !== undefined) {
        throw new HostError(
          'DUPLICATE_NODE_TYPE',
          `The packs "${first.pack}" and "${pack.name}" both define the node "${manifest.type}". Remove one of them.`,
        )
      }
      byType.set(manifest.type, {
        pack: pack.name,
        packVersion: pack.version,
        definition,
        manifest,
        ports: new Map(manifest.inputs.map((port) => [port.name, port])),
        params: new Map(manifest.params.map((param) => [param.name, param])),
        schema: paramsSchema(manifest.type, manifest.params),
      })
    }
  }
  return Object.freeze({
    get: (type: string) => byType.get(type),
    types: Object.freeze([...byType.keys()]),
    manifests: Object.freeze([...byType.values()].map(({ manifest }) => manifest)),
  })
}
