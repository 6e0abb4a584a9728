/** Sessions that are known exactly, for this package's tests: they need no ONNX Runtime, and can be held, counted and broken. */
import type { GraphSource, NamedTensors } from '@dicache/tensor'
import type { OpenedSession } from '../open-session.ts'
import type { Open } from '../runtime.ts'

export type FakeSessions = {
  readonly open: Open
  /** What happened, in order: `open A`, `run A`, `dispose A`. */
  readonly log: readonly string[]
  /** Makes the next load of a key fail. */
  readonly breakNext: (key: string) => void
  /** Loads, runs and disposals of a key wait until it is let go. */
  readonly hold: (key: string) => Hold
}

export type Hold = {
  /** Resolves when the first of them waits. */
  readonly reached: Promise<void>
  readonly letGo: () => void
}

type Held = { readonly reach: () => void; readonly free: Promise<void> }

export function createFakeSessions(): FakeSessions {
  const log: string[] = []
  const broken = new Set<string>()
  const held = new Map<string, Held>()

  function waitFor(key: string): Promise<void> | undefined {
    held.get(key)?.reach()
    return held.get(key)?.free
  }

  function sessionOf(key: string): OpenedSession {
    let closed = false
    return {
      async run(): Promise<NamedTensors> {
        if (closed) throw new Error(`${key} is closed`)
        log.push(`run ${key}`)
        await waitFor(key)
        return {}
      },
      async dispose() {
        closed = true
        await waitFor(key)
        log.push(`dispose ${key}`)
      },
    }
  }

  return {
    log,
    async open({ key }) {
      if (key === 'device-probe') return sessionOf(key)
      log.push(`open ${key}`)
      await waitFor(key)
      if (broken.delete(key)) throw new Error(`${key} is broken`)
      return sessionOf(key)
    },
    breakNext: (key) => broken.add(key),
    hold(key) {
      const reached = Promise.withResolvers<void>()
      const free = Promise.withResolvers<void>()
      held.set(key, { reach: reached.resolve, free: free.promise })
      return {
        reached: reached.promise,
        letGo() {
          held.delete(key)
          free.resolve()
        },
      }
    },
  }
}

/** A graph of so many bytes of weights. */
export function graphOf(key: string, weightBytes = 1): GraphSource {
  return { key, weightBytes, bytes: async () => new Uint8Array() }
}
