/** What a compiled graph looks like to the rooms that use one without knowing who runs it. */
import type { NamedTensors } from './tensor.ts'

/**
 * A graph to be opened: a ModelProto, and the folder of the weight files that its external data names.
 * `key` identifies the graph's content (files, sizes, options); equal keys share one session.
 */
export type GraphSource = {
  readonly key: string
  readonly bytes: () => Promise<Uint8Array>
  readonly dataFolder?: string
  /** Bytes of weights that the session will hold, for the memory budget. */
  readonly weightBytes: number
}

/** An opened graph. `run` is exclusive to no one, but a session runs one call at a time. */
export type GraphSession = {
  /**
   * Runs the graph. `into` names outputs that are written into the given tensors instead of new ones
   * (their shapes must be right); `outputs` limits what is computed and returned.
   */
  readonly run: (
    inputs: NamedTensors,
    options?: { readonly into?: NamedTensors; readonly outputs?: readonly string[] },
  ) => Promise<NamedTensors>
}

/** Opens a graph, or gives the session that is already open for its key. The opener owns and disposes it. */
export type OpenGraph = (source: GraphSource, signal?: AbortSignal) => Promise<GraphSession>
