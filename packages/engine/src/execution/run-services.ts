/** What a run works with. */
import type { HiddenValues, HostServices } from '@dicache/sdk'
import type { ResultCache } from '../caching/result-cache.ts'
import type { Hasher } from '../planning/sha256.ts'
import type { Registry } from '../registry.ts'
import type { Emitter } from './emitter.ts'
import type { EncodePreview } from './reporter.ts'
import type { WatchHost } from './watch-host.ts'

/** What a run works with. */
export type RunServices = {
  readonly registry: Registry
  readonly host: HostServices
  /** The host as a node sees it. @defaultValue as it is: nobody learns which weight files were used */
  readonly watchHost?: WatchHost
  readonly cache: ResultCache
  readonly emitter: Emitter
  readonly signal: AbortSignal
  /** Names the run in the keys of results that fit no other run. */
  readonly keyRunId: string
  readonly hash: Hasher
  /** What nodes can know of the run; `getNode` is the scheduler's. */
  readonly hidden: (nodeId: string, getNode: HiddenValues['getNode']) => HiddenValues
  readonly encodePreview?: EncodePreview
  /** Whether previews are told. */
  readonly previews: boolean
  /** Bytes that the process holds now. */
  readonly processBytes?: () => number
  /** `stop`: the first failure ends the run; `continue`: branches that do not depend on it go on. */
  readonly onFailure: 'continue' | 'stop'
}
