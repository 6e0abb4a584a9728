/** Tasks that could start, the most urgent first: a binary heap. */
import type { Task } from './task.ts'

/** A queue of tasks. */
export type ReadyQueue = {
  readonly push: (task: Task) => void
  readonly pop: () => Task | undefined
  readonly clear: () => void
}

type Entry = { readonly task: Task; readonly order: number }

/** Makes an empty queue. Equal tasks leave in the order in which they came. */
export function createReadyQueue(): ReadyQueue {
  const heap: Entry[] = []
  let count = 0

  const swap = (a: number, b: number): void => {
    const [first, second] = [heap[a], heap[b]]
    if (first === undefined || second === undefined) return
    heap[a] = second
    heap[b] = first
  }
  const before = (a: number, b: number): boolean => {
    const [first, second] = [heap[a], heap[b]]
    return first !== undefined && second !== undefined && compare(first, second) < 0
  }
  return {
    push: (task) => {
      heap.push({ task, order: count++ })
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (!before(at, parent)) break
        swap(at, parent)
        at = parent
      }
    },
    pop: () => {
      swap(0, heap.length - 1)
      const entry = heap.pop()
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2]
        const least = before(right, left) ? right : left
        if (!before(least, at)) break
        swap(least, at)
        at = least
      }
      return entry?.task
    },
    clear: () => {
      heap.length = 0
    },
  }
}

function compare(a: Entry, b: Entry): number {
  return a.task.plan.urgency - b.task.plan.urgency || a.task.plan.rank - b.task.plan.rank || a.order - b.order
}
