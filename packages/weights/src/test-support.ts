/** What this room's tests share: paths of fixtures, raw files with any header, and a seeded generator. */
import { fileURLToPath } from 'node:url'
import { WeightsError } from './errors.ts'

/** The path of a fixture, as `case/file`. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../../test/golden/fixtures/${name}`, import.meta.url))
}

/** A file of any header text and `dataBytes` zeros after it. */
export function rawFile(header: string, dataBytes = 0): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + json.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

/** The error that a call must end in; any other end is the caller's failure. */
export async function errorOf(call: () => unknown): Promise<WeightsError> {
  try {
    await call()
  } catch (error) {
    if (error instanceof WeightsError) return error
    throw error
  }
  throw new Error('expected a WeightsError')
}

/** Numbers in 0 … 2^32 − 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return function nextUint32() {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
