/** Keeps nothing, and answers nothing. */
import type { Recall } from './recall.ts'

export function createNothing(): Recall {
  return {
    needsProbe: true,
    remember: () => undefined,
    answer: () => Promise.reject(new RangeError('step cache: reuse without anything kept')),
    forget: () => undefined,
    held: () => [],
  }
}
