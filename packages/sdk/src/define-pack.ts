/** Declares a pack: nodes that are installed, listed and versioned together. */
import type { PackManifest } from '@dicache/protocol'
import type { NodeDefinition } from './node-spec.ts'

/** A pack with its code. */
export type Pack = {
  readonly name: string
  readonly version: string
  readonly nodes: readonly NodeDefinition[]
  readonly manifest: PackManifest
}

/**
 * Declares a pack.
 * @throws TypeError when two of its nodes have one type.
 * @example `export default definePack({ name: 'image', version: '1.0.0', nodes: [invert, crop] })`
 */
export function definePack(spec: Omit<Pack, 'manifest'>): Pack {
  const { name, version, nodes } = spec
  const types = new Set<string>()
  for (const { manifest } of nodes) {
    if (types.has(manifest.type))
      throw new TypeError(`definePack("${name}"): two nodes are called "${manifest.type}"`)
    types.add(manifest.type)
  }
  return Object.freeze({
    name,
    version,
    nodes: Object.freeze([...nodes]),
    manifest: { name, version, nodes: nodes.map(({ manifest }) => manifest) },
  })
}
