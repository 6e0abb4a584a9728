/** What must be known of a node type to read and write its place in a document: names, kinds, defaults, sockets. */
import type { NodeManifest } from '@dicache/protocol'
import type { NodeMigrations } from '@dicache/sdk'
import type { Registry } from '../registry.ts'
import { knownNodes } from './known-nodes.ts'

/** A node type as documents see it. */
export type NodeShape = Pick<NodeManifest, 'type' | 'title' | 'inputs' | 'params' | 'outputs'> & {
  /** Those that are installed have a version, and may know what they were before. */
  readonly version?: number
  readonly migrations?: NodeMigrations
}

/** Node types by name. */
export type NodeShapes = { readonly get: (type: string) => NodeShape | undefined }

/** What is installed, then `more`, then ComfyUI's own nodes, as far as they are known here. */
export function shapesOf(registry: Registry, more?: NodeShapes): NodeShapes {
  return {
    get(type) {
      const installed = registry.get(type)
      if (installed === undefined) return more?.get(type) ?? knownNodes.get(type)
      const { manifest, definition } = installed
      return definition.migrations === undefined
        ? manifest
        : { ...manifest, migrations: definition.migrations }
    },
  }
}
