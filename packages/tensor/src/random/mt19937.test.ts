import { expect, test } from 'vitest'
import { createMt19937 } from './mt19937.ts'

test('the 10000th word of seed 5489 is the standard’s', () => {
  const engine = createMt19937(5489)
  const words = Array.from({ length: 10_000 }, () => engine.nextWord())
  // ISO C++, [rand.predef]: mt19937.
  expect(words.at(-1)).toBe(4123659995)
  expect(words.at(0)).toBe(3499211612)
})
