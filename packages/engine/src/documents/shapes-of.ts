/** Where the types of a document's nodes are looked up. */
import type { Registry } from '../registry.ts'
import { knownNodes } from './known-nodes.ts'
import type { NodeShapes } from './node-shape.ts'

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
