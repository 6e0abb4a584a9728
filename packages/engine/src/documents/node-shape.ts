/** What must be known of a node type to read and write its place in a document: names, kinds, defaults, sockets. */
import type { NodeManifest, ParamManifest } from '@dicache/protocol'
import type { NodeMigrations } from '@dicache/sdk'

/** A node type as documents see it. */
export type NodeShape = Pick<NodeManifest, 'type' | 'title' | 'inputs' | 'params' | 'outputs'> & {
  /** Those that are installed have a version, and may know what they were before. */
  readonly version?: number
  readonly migrations?: NodeMigrations
  /** Settings that a choice brings: by its name and its value. Their names begin with the choice's, and a point. */
  readonly dynamic?: ReadonlyMap<string, ReadonlyMap<string, readonly ParamManifest[]>>
}

/** Node types by name. */
export type NodeShapes = { readonly get: (type: string) => NodeShape | undefined }
