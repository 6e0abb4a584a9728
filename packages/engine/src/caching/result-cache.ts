/** Where results of nodes wait for the next run. */
import type { UiOutput } from '@dicache/sdk'

/** What a node gave: for each output the list of its values, and its data for the user interface. */
export type NodeOutput = {
  readonly lists: readonly (readonly unknown[])[]
  readonly ui?: UiOutput
}

type Awaitable<T> = T | Promise<T>

/** A store of results by cache key. Everything in it may be gone at any time. */
export type ResultCache = {
  readonly has: (key: string) => Awaitable<boolean>
  readonly get: (key: string) => Awaitable<NodeOutput | undefined>
  readonly set: (key: string, output: NodeOutput) => Awaitable<void>
  readonly clear: () => Awaitable<void>
}

/** Keeps nothing. */
export const noCache: ResultCache = {
  has: () => false,
  get: () => undefined,
  set: () => undefined,
  clear: () => undefined,
}
