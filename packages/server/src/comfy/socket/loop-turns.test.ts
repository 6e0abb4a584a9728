import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { createLoopTurns } from './loop-turns.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket that answers pings when it is told to. */
function socketOf() {
  const emitter = new EventEmitter()
  const pings: string[] = []
  const socket = Object.assign(emitter, { OPEN: 1, readyState: 1, ping: (mark: string) => pings.push(mark) })
  return {
    socket: socket as unknown as WebSocket,
    answer: () => emitter.emit('pong', Buffer.from(pings.shift() ?? '')),
    emitter,
  }
}

it('waits for as many answers as it was asked for, each in its turn', () => {
  const { socket, answer } = socketOf()
  const done = vi.fn<() => void>()
  createLoopTurns(socket).wait(2, 50, done)
  answer()
  expect(done).not.toHaveBeenCalled()
  answer()
  expect(done).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(100)
  expect(done).toHaveBeenCalledTimes(1)
})

it('waits no longer than it may, and not for a client that goes', () => {
  const { socket, emitter } = socketOf()
  const turns = createLoopTurns(socket)
  const [late, gone, never] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()]
  turns.wait(2, 50, late)
  vi.advanceTimersByTime(50)
  expect(late).toHaveBeenCalledTimes(1)
  turns.wait(2, 50, gone)
  emitter.emit('close')
  expect(gone).toHaveBeenCalledTimes(1)
  Object.assign(socket, { readyState: 3 })
  turns.wait(2, 50, never)
  expect(never).toHaveBeenCalledTimes(1)
})

it('adds no listeners however many wait at once', () => {
  const { socket, emitter, answer } = socketOf()
  const turns = createLoopTurns(socket)
  const done = vi.fn<() => void>()
  for (let n = 0; n < 50; n += 1) turns.wait(1, 50, done)
  expect(emitter.listenerCount('pong')).toBe(1)
  expect(emitter.listenerCount('close')).toBe(1)
  for (let n = 0; n < 50; n += 1) answer()
  expect(done).toHaveBeenCalledTimes(50)
})
