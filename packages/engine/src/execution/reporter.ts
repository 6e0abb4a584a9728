/** What a node tells while it works, turned into events of the run. */
import type { EncodedImage } from '@dicache/protocol'
import type { Reporter } from '@dicache/sdk'
import type { PlanNode } from '../planning/plan-run.ts'
import type { Emitter } from './emitter.ts'

/** The picture type that `report.preview` takes besides encoded ones. */
type Picture = Exclude<Parameters<Reporter['preview']>[0], EncodedImage>
/** Encodes a picture for the screen: float32 `[B, H, W, C]`, 0..1. */
export type EncodePreview = (image: Picture) => Promise<EncodedImage>

/** The reporter of one node; `close` waits for the last preview, and silences what comes later. */
export type NodeReporter = Reporter & { readonly close: () => Promise<void> }

/** Makes a reporter. Its calls throw once `signal` is aborted: that is where most nodes notice a cancelled run. */
export function createReporter(
  plan: PlanNode,
  services: {
    readonly emitter: Emitter
    readonly signal: AbortSignal
    readonly previews: boolean
    readonly encodePreview?: EncodePreview
  },
): NodeReporter {
  const { emitter, signal, previews, encodePreview } = services
  let closed = false
  let encoding: Promise<void> | undefined
  let latest: Picture | undefined

  const isOpen = (): boolean => {
    signal.throwIfAborted()
    return !closed
  }
  /** Encodes what came last, again and again until nothing new came meanwhile. */
  const encodeLatest = async (encode: EncodePreview): Promise<void> => {
    try {
      for (let picture = latest; picture !== undefined; picture = latest) {
        latest = undefined
        emitter.node(plan, { type: 'node.previewed', image: await encode(picture) })
      }
    } catch (fault) {
      const message = `A preview could not be made: ${fault instanceof Error ? fault.message : String(fault)}`
      emitter.node(plan, { type: 'node.logged', level: 'warning', message })
    } finally {
      encoding = undefined
    }
  }
  return {
    progress: (done, total, detail) => {
      if (!isOpen()) return
      emitter.node(plan, { type: 'node.progressed', done, total, ...(detail !== undefined && { detail }) })
    },
    showsPreviews: previews,
    preview: (image) => {
      if (!isOpen() || !previews) return
      if ('mimeType' in image) {
        emitter.node(plan, { type: 'node.previewed', image })
      } else if (encodePreview !== undefined) {
        latest = image
        encoding ??= encodeLatest(encodePreview)
      }
    },
    event: (name, data) => {
      if (isOpen()) emitter.node(plan, { type: 'node.reported', name, data })
    },
    log: (message, level = 'info') => {
      if (isOpen()) emitter.node(plan, { type: 'node.logged', level, message })
    },
    close: async () => {
      closed = true
      await encoding
    },
  }
}
