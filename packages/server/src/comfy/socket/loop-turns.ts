/** Tells when a client's event loop has turned: it answers pings, one after the other. */
import type { WebSocket } from 'ws'

export type LoopTurns = {
  /** Calls `done` once, after that many turns; at once when the client is gone, and after `patienceMs` in any case. */
  readonly wait: (turns: number, patienceMs: number, done: () => void) => void
}

type Waiting = { readonly onPong: () => void; readonly end: () => void }

/** One listener of the socket serves all who wait for it. */
export function createLoopTurns(socket: WebSocket): LoopTurns {
  const waiting = new Map<string, Waiting>()
  let pings = 0
  socket.on('pong', (data: Buffer) => waiting.get(data.toString('latin1'))?.onPong())
  socket.once('close', () => {
    for (const { end } of waiting.values()) end()
  })
  return {
    wait(turns, patienceMs, done) {
      if (socket.readyState !== socket.OPEN) return done()
      let mark = ''
      const end = (): void => {
        clearTimeout(patience)
        waiting.delete(mark)
        done()
      }
      const turn = (left: number): void => {
        waiting.delete(mark)
        if (left === 0) return end()
        mark = `turn ${(pings += 1)}`
        waiting.set(mark, { onPong: () => turn(left - 1), end })
        socket.ping(mark)
      }
      const patience = setTimeout(end, patienceMs)
      turn(turns)
    },
  }
}
