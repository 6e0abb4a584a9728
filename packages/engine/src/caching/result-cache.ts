/** Where results of nodes wait for the next run: the interface that memory, disk and nothing at all implement. */
import type { UiOutput } from '@dicache/sdk'

/** A weight file that a node asked for, as it was then. */
export type UsedModel = {
  /** ComfyUI's folder name, such as `diffusion_models`. */
  readonly folder: string
  readonly name: string
  /** Where it is on the disk. */
  readonly path: string
  readonly sizeBytes: number
  /** Milliseconds since 1970. */
  readonly modifiedMs: number
}

/** What a node gave: for each output the list of its values, and its data for the user interface. */
export type NodeOutput = {
  readonly lists: readonly (readonly unknown[])[]
  readonly ui?: UiOutput
  /** The weight files that it was made with: those of the node and of everything that went into it. */
  readonly models?: readonly UsedModel[]
}

/** What a cache may want to know about a result. */
export type ResultFacts = {
  /** The key of the planned node that it belongs to: its own, or that of the node whose expansion made it. */
  readonly owner: string
  /** Whether the node is an output node: besides giving values it did something, such as writing a file. */
  readonly isOutput: boolean
  /** Estimated bytes of its values. */
  readonly bytes: number
}

type Awaitable<T> = T | Promise<T>

/** A store of results by cache key. Everything in it may be gone at any time. */
export type ResultCache = {
  readonly has: (key: string) => Awaitable<boolean>
  /** `owner` as in {@link ResultFacts}: a cache of caches needs it to hand a result on. */
  readonly get: (key: string, owner: string) => Awaitable<NodeOutput | undefined>
  readonly set: (key: string, output: NodeOutput, facts: ResultFacts) => Awaitable<void>
  readonly clear: () => Awaitable<void>
  /** Told when a run begins, with the keys of everything in its plan. */
  readonly beginRun?: (keys: ReadonlySet<string>) => void
}

/** Keeps nothing (policy `none`). */
export const noCache: ResultCache = {
  has: () => false,
  get: () => undefined,
  set: () => undefined,
  clear: () => undefined,
}
