/** Slows down whoever guesses: after some wrong tokens an address has to wait. */

/** Counts failures by address. */
export type FailureLimit = {
  /** Milliseconds that an address still has to wait; 0 when it may try. */
  readonly waitMs: (address: string) => number
  readonly fail: (address: string) => void
}

/** How much is allowed. */
export type FailureLimitOptions = {
  /** @defaultValue 10 */
  readonly failures?: number
  /** From an address's first failure until it may try again. @defaultValue 60 000 */
  readonly windowMs?: number
  /** Addresses that are remembered; the oldest is forgotten first. @defaultValue 10 000 */
  readonly addresses?: number
  /** Milliseconds of any clock that only goes forward. */
  readonly now?: () => number
}

type Count = { readonly sinceMs: number; failures: number }

/** Makes a limit. Its memory is bounded. */
export function createFailureLimit(options: FailureLimitOptions = {}): FailureLimit {
  const { failures = 10, windowMs = 60_000, addresses = 10_000, now = () => performance.now() } = options
  const counts = new Map<string, Count>()
  const current = (address: string): Count | undefined => {
    const count = counts.get(address)
    if (count === undefined || now() - count.sinceMs < windowMs) return count
    counts.delete(address)
    return undefined
  }
  return {
    waitMs(address) {
      const count = current(address)
      return count === undefined || count.failures < failures
        ? 0
        : Math.max(1, count.sinceMs + windowMs - now())
    },
    fail(address) {
      const count = current(address)
      if (count !== undefined) {
        count.failures++
        return
      }
      const [oldest] = counts.keys()
      if (counts.size >= addresses && oldest !== undefined) counts.delete(oldest)
      counts.set(address, { sinceMs: now(), failures: 1 })
    },
  }
}
