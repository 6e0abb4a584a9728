/** ComfyUI's own nodes, as far as they are known here: documents with them are converted where they are not installed. */
import type { JsonObject } from '@dicache/protocol'
import table from './generated/known-nodes.json' with { type: 'json' }
import more from './generated/more-nodes.json' with { type: 'json' }
import type { NodeShapes } from './node-shape.ts'
import { readObjectInfo } from './read-object-info.ts'

/** The bundled tables: the most used nodes, and others that public workflows hold. */
export const knownNodes: NodeShapes = readObjectInfo({ ...more, ...table } as unknown as JsonObject)
