import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FileState, ModelHashes } from './model-hashes.ts'
import { openModelHashes } from './model-hashes.ts'

let base = ''
beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'hashes-'))
})
afterAll(() => rm(base, { recursive: true, force: true }))

let folders = 0
const newFolder = (): string => path.join(base, `f${(folders += 1)}`)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
async function put(name: string, text: string): Promise<FileState> {
  const file = path.join(base, name)
  await writeFile(file, text)
  return stateOf(file)
}
async function stateOf(file: string): Promise<FileState> {
  const facts = await stat(file)
  return { path: file, sizeBytes: facts.size, modifiedMs: facts.mtimeMs }
}
async function using<T>(folder: string, work: (hashes: ModelHashes) => T | Promise<T>): Promise<T> {
  const hashes = await openModelHashes(folder)
  try {
    return await work(hashes)
  } finally {
    await hashes.dispose()
  }
}

describe('what is known of weight files', () => {
  it('is learned once, and survives', async () => {
    const folder = newFolder()
    const [a, b] = [await put('a', 'weights'), await put('b', 'others')]
    await using(folder, async (hashes) => {
      expect(hashes.known(a)).toBeUndefined()
      for (const file of [a, b, a]) hashes.learn(file)
      await hashes.settle([])
      expect([hashes.known(a), hashes.known(b)]).toEqual([sha256('weights'), sha256('others')])
    })
    await using(folder, (hashes) => expect(hashes.known(a)).toBe(sha256('weights')))
  })

  it('belongs to a state of a file', async () => {
    const folder = newFolder()
    const before = await put('c', 'one')
    await using(folder, async (hashes) => {
      hashes.learn(before)
      await hashes.settle([])
      await writeFile(before.path, 'two')
      await utimes(before.path, 5, 5)
      const after = await stateOf(before.path)
      expect(hashes.known(after)).toBeUndefined()
      // It is not what it was when somebody asked for it.
      hashes.learn({ ...after, modifiedMs: 1 })
      hashes.learn(after)
      await hashes.settle([])
      expect(hashes.known({ ...after, modifiedMs: 1 })).toBeUndefined()
      expect(hashes.known(after)).toBe(sha256('two'))
    })
  })

  it('is finished before the end where files are small, also what two processes learn', async () => {
    const folder = newFolder()
    const [a, b] = [await put('d', 'x'), await put('e', 'y')]
    const [one, two] = [await openModelHashes(folder), await openModelHashes(folder)]
    one.learn(a)
    await one.dispose()
    two.learn(b)
    await two.dispose()
    await using(folder, (hashes) =>
      expect([hashes.known(a), hashes.known(b)]).toEqual([sha256('x'), sha256('y')]),
    )
  })

  it('does not keep the end waiting for large files', async () => {
    const state = await put('f', 'z')
    const hashes = await openModelHashes(newFolder())
    hashes.learn({ ...state, sizeBytes: 300 * 2 ** 20 })
    await hashes.dispose()
    expect(hashes.known(state)).toBeUndefined()
  })

  it('can be waited for, until somebody has enough of it', async () => {
    const state = await put('w', 'wait')
    await using(newFolder(), async (hashes) => {
      await hashes.settle([state], new AbortController().signal)
      expect(hashes.known(state)).toBe(sha256('wait'))
      const abort = new AbortController()
      const other = hashes.settle([await put('v', 'other')], abort.signal)
      abort.abort(new Error('enough'))
      await expect(other).rejects.toThrow('enough')
      await expect(hashes.settle([{ ...state, modifiedMs: 2 }], abort.signal)).rejects.toThrow('enough')
    })
  })

  it('is nothing where files are missing, or its own file is damaged or cannot be written', async () => {
    const missing = { path: path.join(base, 'nothing'), sizeBytes: 1, modifiedMs: 1 }
    for (const text of ['', '[]', '{"a', '{"x": 5, "y": "no hash"}']) {
      const folder = newFolder()
      await mkdir(folder)
      await writeFile(path.join(folder, 'model-hashes.json'), text)
      await using(folder, async (hashes) => {
        hashes.learn(missing)
        await hashes.settle([])
        expect(hashes.known(missing)).toBeUndefined()
        const state = await put('g', 'g')
        hashes.learn(state)
        await hashes.settle([])
        expect(hashes.known(state)).toBe(sha256('g'))
      })
      expect(await readFile(path.join(folder, 'model-hashes.json'), 'utf8')).toContain(sha256('g'))
    }
    const blocked = (await put('h', 'a file')).path
    await using(blocked, async (hashes) => {
      const state = await put('i', 'i')
      hashes.learn(state)
      await hashes.settle([])
      expect(hashes.known(state)).toBe(sha256('i'))
    })
  })
})
