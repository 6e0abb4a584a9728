import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import { createHasher } from './sha256.ts'

const sha256 = createHasher()

it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('hashes %j as the standard says', (text, digest) => {
  expect(sha256(text)).toBe(digest)
})

it('hashes what Node hashes, over every length of the last block', () => {
  for (const length of [...Array(200).keys(), 5000, 3]) {
    const text = 'aé😀z'.repeat(length).slice(0, length)
    const wellFormed = text.toWellFormed()
    expect(sha256(wellFormed)).toBe(hash('sha256', wellFormed, 'hex'))
  }
})
