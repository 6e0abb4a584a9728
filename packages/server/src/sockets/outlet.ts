/**
 * What goes out to one client, as fast as it takes it. Events are read from the database when there is room, so a slow
 * client costs no memory; previews are sent only when nothing else waits, the newest in place of those before it.
 */
import type { EventBatch, PreviewInfo, RunEvent } from '@dicache/protocol'

/** The connection below a socket, as far as it tells how much waits. */
export type Connection = {
  readonly waiting: () => number
  /** Whether the transport would take something at once. */
  readonly isIdle: () => boolean
  /** Called when what waited was handed to the transport. */
  readonly onDrain: (listener: () => void) => void
}

export type OutletOptions = {
  readonly connection: Connection
  readonly read: (runId: string, fromSeq: number, limit: number) => readonly RunEvent[]
  readonly sendEvents: (batch: EventBatch) => void
  readonly sendPreview: (info: PreviewInfo, bytes: Uint8Array) => void
}

export type Outlet = {
  readonly subscribe: (runId: string, fromSeq: number, previews: boolean) => void
  readonly unsubscribe: (runId: string) => void
  readonly event: (event: RunEvent) => void
  readonly preview: (info: PreviewInfo, bytes: Uint8Array) => void
  readonly subscriptions: () => number
}

type Subscription = {
  readonly previews: boolean
  nextSeq: number
  /** Whether the database has events that were not sent. */
  behind: boolean
  /** The newest preview, while it waits for the transport. */
  latest: (() => void) | undefined
}

/** More packets than this do not wait for one client. */
const MOST_WAITING = 8
const PAGE = 500
const PAGE_CHARS = 256 * 1024

export function createOutlet({ connection, read, sendEvents, sendPreview }: OutletOptions): Outlet {
  const subscriptions = new Map<string, Subscription>()
  const isFull = (): boolean => connection.waiting() >= MOST_WAITING

  function catchUp(runId: string, subscription: Subscription): void {
    while (subscription.behind && !isFull()) {
      const events = page(read(runId, subscription.nextSeq, PAGE))
      const last = events.at(-1)
      if (last === undefined) subscription.behind = false
      else {
        subscription.nextSeq = last.seq + 1
        sendEvents({ runId, events })
      }
    }
  }
  function showLatest(subscription: Subscription): void {
    if (subscription.behind || !connection.isIdle()) return
    const { latest } = subscription
    subscription.latest = undefined
    latest?.()
  }
  connection.onDrain(() => {
    for (const [runId, subscription] of subscriptions) {
      if (subscription.behind) catchUp(runId, subscription)
      showLatest(subscription)
    }
  })

  return {
    subscribe(runId, fromSeq, previews) {
      const subscription = { previews, nextSeq: Math.max(1, fromSeq), behind: true, latest: undefined }
      subscriptions.set(runId, subscription)
      catchUp(runId, subscription)
    },
    unsubscribe: (runId) => void subscriptions.delete(runId),
    event(event) {
      const subscription = subscriptions.get(event.runId)
      if (subscription === undefined || event.seq < subscription.nextSeq) return
      if (!subscription.behind && event.seq === subscription.nextSeq && !isFull()) {
        subscription.nextSeq += 1
        sendEvents({ runId: event.runId, events: [event] })
        return
      }
      subscription.behind = true
      catchUp(event.runId, subscription)
    },
    preview(info, bytes) {
      const subscription = subscriptions.get(info.runId)
      if (subscription?.previews !== true) return
      subscription.latest = () => sendPreview(info, bytes)
      showLatest(subscription)
    },
    subscriptions: () => subscriptions.size,
  }
}

/** As many of the events as one packet may hold; at least one. */
function page(events: readonly RunEvent[]): readonly RunEvent[] {
  let chars = 0
  const end = events.findIndex((event, index) => {
    chars += JSON.stringify(event).length
    return chars > PAGE_CHARS && index > 0
  })
  return end === -1 ? events : events.slice(0, end)
}
