/** Places in the queue: a number between two others, and new numbers for all where none fits between. */
import type { KeyedRun } from '../store/run-store.ts'

type Move = {
  readonly runId: string
  /** The run that it goes before; undefined: to the end. */
  readonly before: string | undefined
  /** The number that the next submission gets: whatever moves to the end stays before it. */
  readonly upcoming: number
}

/**
 * The runs whose number changes when one of them goes before another (or to the end).
 * @param waiting all pending runs, in order
 */
export function newNumber(
  waiting: readonly KeyedRun[],
  { runId, before, upcoming }: Move,
): readonly KeyedRun[] {
  const moved = waiting.find((run) => run.runId === runId)
  if (moved === undefined || runId === before) return []
  const others = waiting.filter((run) => run !== moved)
  const found = others.findIndex((run) => run.runId === before)
  const place = found === -1 ? others.length : found
  const previous = others[place - 1]?.number
  const next = others[place]?.number
  const number = between(previous, next, upcoming)
  if (number !== undefined) return [{ ...moved, number }]
  // No number is left between the two: all get new ones, none higher than before, so that later runs stay behind them.
  const ordered = others.toSpliced(place, 0, moved)
  const lowest = Math.min(...waiting.map((run) => run.number))
  return ordered.map((run, index) => ({ ...run, number: lowest - ordered.length + index }))
}

function between(
  previous: number | undefined,
  next: number | undefined,
  upcoming: number,
): number | undefined {
  if (previous === undefined) return next === undefined ? 0 : next - 1
  if (next === undefined && previous >= upcoming) return previous + 1
  const middle = (previous + (next ?? upcoming)) / 2
  return middle > previous && middle < (next ?? upcoming) ? middle : undefined
}
