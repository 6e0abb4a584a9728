/** ComfyUI's own nodes, as far as they are known here: documents with them are converted where they are not installed. */
import type { JsonObject } from '@dicache/protocol'
import table from './generated/known-nodes.json' with { type: 'json' }
import type { NodeShapes } from './node-shape.ts'
import { readObjectInfo } from './read-object-info.ts'

/** The bundled table. */
export const knownNodes: NodeShapes = readObjectInfo(table as unknown as JsonObject)
