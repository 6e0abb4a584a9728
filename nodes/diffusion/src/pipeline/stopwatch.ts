/** How long telling takes: what a run's report costs is told beside it. */

export type Stopwatch = {
  /** Runs `make`, and adds its time. */
  readonly during: <T>(make: () => T) => T
  /** Milliseconds so far. */
  readonly spentMs: () => number
}

export function createStopwatch(now: () => number): Stopwatch {
  let spent = 0
  return {
    during(make) {
      const started = now()
      const made = make()
      spent += now() - started
      return made
    },
    spentMs: () => spent,
  }
}
