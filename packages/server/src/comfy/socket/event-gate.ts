/**
 * Holds the first events of a prompt back until its client can hear them.
 *
 * Public clients begin to listen when `POST /prompt` has answered, and a run from the cache is over before that. So the
 * frames of a run wait until its answer has gone out and the client's event loop has turned, which two pings through its
 * socket show: a fraction of a millisecond for a client that is quick, and no more than a moment for one that is not.
 */
import type { LoopTurns } from './loop-turns.ts'

/** How often the client's loop must have turned. */
const TURNS = 2
/** A client that answers no ping gets its frames all the same after this. */
const PATIENCE_MS = 50
/** More frames are not held. */
const MAX_HELD = 500

/** The frames of one run, on their way to its client. */
export type EventGate = {
  /** Sends now, or when the gate opens; in order. */
  readonly send: (write: () => void) => void
  /** The answer has gone out. */
  readonly answered: () => void
}

/** Makes a closed gate. `turns` are the client's; without them it opens with the answer. */
export function createEventGate(turns: LoopTurns | undefined, onOpen: () => void): EventGate {
  const held: (() => void)[] = []
  let isOpen = false

  const open = (): void => {
    if (isOpen) return
    isOpen = true
    onOpen()
    for (const write of held.splice(0)) write()
  }
  return {
    send(write) {
      if (isOpen) return write()
      held.push(write)
      if (held.length > MAX_HELD) open()
    },
    answered() {
      if (turns === undefined) return open()
      turns.wait(TURNS, PATIENCE_MS, open)
    },
  }
}
