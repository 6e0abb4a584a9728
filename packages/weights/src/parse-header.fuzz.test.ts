import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WeightsError } from './errors.ts'
import { openSafetensors } from './open-safetensors.ts'
import { type Header, parseHeader } from './parse-header.ts'
import { createRandom, fixturePath, rawFile } from './test-support.ts'

type Random = () => number

const FRAGMENTS: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\\u',
  '0',
  '9',
  '-',
  '.',
  'e',
  ' ',
  '\u0000',
  '"a"',
  '[[[[[[[[[',
  '1152921504606846976',
  '9007199254740993',
  '18446744073709551616',
  '99999999999999999999999',
  '-1',
  '1e9',
  '0.5',
  '00',
  'null',
  'true',
  '"F32"',
  '"F8_E4M3"',
  '"shape"',
  '"dtype"',
  '"data_offsets"',
  '"__metadata__"',
  '"__proto__"',
  '"constructor"',
  '[0,0]',
  '[1152921504606846976,1152921504606846976,16]',
  '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}',
  '\ud800',
  'é',
]

const WORDS: readonly string[] = ['F32', 'F64', 'I8', 'U8', 'BF16', 'F4', 'F6_E2M3', 'C64', 'F8', 'toString']

const SEEDS: readonly Uint8Array[] = [
  rawFile('{}'),
  rawFile(
    '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}',
    4,
  ),
  rawFile('{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}', 16),
  rawFile(
    '{"__metadata__":{"format":"pt"},"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},' +
      '"b.weight":{"dtype":"BF16","shape":[2,1],"data_offsets":[3,7]},"c":{"dtype":"F64","shape":[],"data_offsets":[7,15]}}  ',
    15,
  ),
]

/** Replaces one number or word of the JSON, so that it stays JSON and means something else. */
function changeToken(bytes: readonly number[], random: Random): number[] {
  const text = String.fromCharCode(...bytes)
  const tokens = [...text.matchAll(/[0-9]+|[A-Z][A-Z0-9_]+/g)]
  const token = tokens[random() % Math.max(1, tokens.length)]
  if (token === undefined) return [...bytes]
  const [word] = token
  const other = /[0-9]/.test(word[0] ?? '') ? String(random() % 20) : (WORDS[random() % WORDS.length] ?? '')
  const changed = text.slice(0, token.index) + other + text.slice(token.index + word.length)
  return Array.from(changed, (character) => character.charCodeAt(0))
}

/** Overwrites, inserts, removes or repeats something inside the file, once or several times. */
function mutate(seed: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let bytes = [...seed]
  if (random() % 2 === 0) bytes = changeToken(bytes, random)
  for (let round = random() % 4; round > 0; round -= 1) {
    const at = random() % (bytes.length + 1)
    const span = random() % 12
    const kind = random() % 6
    if (kind === 0) bytes[at] = random() % 256
    else if (kind === 1) bytes.splice(at, span)
    else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(at, at + span))
    else if (kind === 3) bytes = bytes.slice(0, at)
    else
      bytes.splice(
        at,
        kind === 4 ? 0 : span,
        ...new TextEncoder().encode(FRAGMENTS[random() % FRAGMENTS.length]),
      )
  }
  const file = Uint8Array.from(bytes)
  // Two of three keep a length that fits, so that the JSON behind it is reached.
  if (random() % 3 > 0 && file.length >= 8) {
    const dataBytes =
      seed.length - 8 - Number(new DataView(seed.buffer, seed.byteOffset).getBigUint64(0, true))
    new DataView(file.buffer).setBigUint64(0, BigInt(Math.max(0, file.length - 8 - dataBytes)), true)
  }
  return file
}

/** What an accepted header must hold: the tensors cover the file from the header on, exactly. */
function checkAccepted({ tensors }: Header, fileSize: number): void {
  const sizes = [...tensors.values()].map((entry) => entry.byteLength)
  const dataBytes = sizes.reduce((sum, size) => sum + size, 0)
  for (const { byteOffset, byteLength, shape } of tensors.values()) {
    expect(byteOffset).toBeGreaterThanOrEqual(fileSize - dataBytes)
    expect(byteOffset + byteLength).toBeLessThanOrEqual(fileSize)
    expect(shape.every(Number.isSafeInteger)).toBe(true)
  }
}

/** The error's code, or `accepted`. Anything but a WeightsError fails the test. */
function outcome(bytes: Uint8Array): string {
  try {
    checkAccepted(parseHeader(bytes, bytes.length), bytes.length)
    return 'accepted'
  } catch (error) {
    if (error instanceof WeightsError) return error.code
    throw error
  }
}

describe('mutated headers', () => {
  it('20,000 in memory end in an error of this room or are sound', () => {
    const random = createRandom(20_251)
    const counts = new Map<string, number>()
    for (let index = 0; index < 20_000; index += 1) {
      const code = outcome(mutate(SEEDS[random() % SEEDS.length] ?? rawFile('{}'), random))
      counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    // The fuzzing reaches every check; else it would be no test of them.
    const reached = [...counts].filter(([, count]) => count > 20).map(([code]) => code)
    expect(reached.sort()).toEqual([
      'BAD_HEADER',
      'BAD_OFFSETS',
      'HEADER_TOO_LARGE',
      'OVERLAPPING_OFFSETS',
      'TRUNCATED_FILE',
      'WRONG_DTYPE',
      'WRONG_SHAPE',
      'accepted',
    ])
  })

  it('300 as files end the same way as in memory', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'weights-'))
    const path = join(folder.path, 'x.safetensors')
    const real = await readFile(fixturePath('flux-dev-lora/lora.diffusers.safetensors'))
    const random = createRandom(7)
    let sameAsMemory = 0
    const others = new Set<string>()
    for (let index = 0; index < 300; index += 1) {
      const bytes = mutate(index % 10 === 0 ? real : (SEEDS[index % SEEDS.length] ?? real), random)
      await writeFile(path, bytes)
      const got = await openSafetensors(path).then(
        async (file) => {
          for (const name of file.tensors.keys()) await file.readBytes(name)
          await file.close()
          return 'accepted'
        },
        (error: unknown) => {
          if (error instanceof WeightsError) return error.code
          throw error
        },
      )
      if (got === outcome(bytes)) sameAsMemory += 1
      else others.add(got)
    }
    // Only the recognition of other formats, which memory does not have, may differ.
    const formats = new Set(['NOT_SAFETENSORS', 'PICKLE_FILE', 'GGUF_FILE', 'LFS_POINTER'])
    expect([...others].filter((code) => !formats.has(code))).toEqual([])
    expect(sameAsMemory).toBeGreaterThan(270)
  })
})
