/** Every code that any room throws or reports is in the catalogue, with the exit code that its meaning asks for. */
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { GraphError } from '@dicache/onnx'
import { TokenizerError } from '@dicache/models'
import { errorClass, errorCodes, isErrorCode, toHostError } from '@dicache/protocol'
import { RuntimeError } from '@dicache/runtime'
import { WeightsError } from '@dicache/weights'
import { describe, expect, it } from 'vitest'
import { ROOT } from './terminal.ts'

/** A code that is written where errors and problems get theirs: after `…Error(`, as a `code`, or in a `…ErrorCode` type. */
const PLACES: readonly RegExp[] = [
  /\bnew [A-Z]\w*Error\(\s*'([A-Z][A-Z0-9_]+)'/g,
  /\bcode(?:\??:|\s*=)\s*(?:'[A-Z0-9_]+'\s*\|\s*)*'([A-Z][A-Z0-9_]+)'/g,
  /\bproblem\(\s*'([A-Z][A-Z0-9_]+)'/g,
]
const UNIONS = /\b(?:type \w*ErrorCode =|(?:readonly )?code:)((?:\s*\|?\s*'[A-Z0-9_]+')+)/g

function codesOf(source: string): readonly string[] {
  const written = PLACES.flatMap((place) => [...source.matchAll(place)].map(([, code = '']) => code))
  const members = [...source.matchAll(UNIONS)].flatMap(([, union = '']) =>
    [...union.matchAll(/'([A-Z0-9_]+)'/g)].map(([, code = '']) => code),
  )
  return [...written, ...members]
}

async function codesByFile(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for await (const file of glob('{packages,nodes}/*/src/**/*.ts', { cwd: ROOT, exclude: isNoSource })) {
    if (isNoSource(file)) continue
    const codes = codesOf(await readFile(path.join(ROOT, file), 'utf8'))
    if (codes.length > 0) found.set(file, codes)
  }
  return found
}

function isNoSource(file: string): boolean {
  return /node_modules|\.test\.ts$|[\\/]testing[\\/]|test-support|[\\/]generated[\\/]/.test(file)
}

describe('the error catalogue', () => {
  it('knows every code that a source file names', async () => {
    const found = await codesByFile()
    const unknown = [...found].flatMap(([file, codes]) =>
      codes.filter((code) => !isErrorCode(code)).map((code) => `${file}: ${code}`),
    )
    expect(unknown).toEqual([])
    const rooms = new Set([...found.keys()].map((file) => file.split(path.sep).slice(0, 2).join('/')))
    for (const room of [
      'weights',
      'onnx',
      'models',
      'runtime',
      'engine',
      'host',
      'cli',
      'protocol',
      'verify',
    ])
      expect(rooms).toContain(`packages/${room}`)
    expect(rooms).toContain('nodes/diffusion')
    const all = new Set([...found.values()].flat())
    for (const code of ['OVERLAPPING_OFFSETS', 'SESSION_FAILED', 'MISSING_COMPANION', 'BAD_GRAPH', 'CYCLE'])
      expect(all).toContain(code)
  })

  it.each([
    `throw new WeightsError('MADE_UP', 'what', { path })`,
    `throw new RuntimeError(\n    'MADE_UP',\n    'what')`,
    `class OddError extends Error { readonly code = 'MADE_UP' }`,
    `readonly code: 'UNKNOWN_FAMILY' | 'MADE_UP'\n`,
    `export type OddErrorCode =\n  | 'CYCLE'\n  | 'MADE_UP'\n  | 'BAD_GRAPH'\n`,
    `return { code: 'MADE_UP', message }`,
  ])('would find the unknown code of %j', (source) => {
    expect(codesOf(source)).toContain('MADE_UP')
  })

  it('has each code once', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length)
  })

  it.each<[Error, number]>([
    [new WeightsError('LFS_POINTER', 'it is a pointer', { path: 'a.safetensors' }), 2],
    [new TokenizerError('model', 'it is missing'), 2],
    [new GraphError('Add', 'shapes differ'), 1],
    [new RuntimeError('SESSION_FAILED', 'no session'), 1],
    [new RuntimeError('DEVICE_UNAVAILABLE', 'no device'), 1],
    [new RuntimeError('GRAPH_RUN_FAILED', 'it failed'), 1],
  ])('keeps the code and the words of %s, and ends with %i', (error, exit) => {
    const known = toHostError(error)
    expect(known.code).toBe((error as Error & { code: string }).code)
    expect(known.message).toBe(error.message)
    expect(known.exitCode).toBe(exit)
  })

  it('ends with 2 for what the user can put right in a file or document, and with 1 for what failed while it ran', () => {
    const invalid =
      /^(BAD_(?!PACK|GRAPH)|WRONG_|UNKNOWN_|MISSING_|NOT_|TOO_|UNSUPPORTED_|AMBIGUOUS_|.*_(FILE|OFFSETS|POINTER)$)/
    const failed = /(_FAILED|_FULL|_DIED|_UNAVAILABLE|_DISPOSED|MEMORY)/
    for (const code of errorCodes) {
      if (code === 'CUSTOM_VALIDATION_FAILED') continue
      if (invalid.test(code)) expect([code, errorClass(code).exit]).toEqual([code, 2])
      if (failed.test(code)) expect([code, errorClass(code).exit]).toEqual([code, 1])
      const { http, exit } = errorClass(code)
      expect([code, exit === 130 ? http === 499 : http < 500 === (exit === 2) || http === 429]).toEqual([
        code,
        true,
      ])
    }
  })
})
