import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { NodeOutput } from '@dicache/engine'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDiskCache, type DiskCache } from './disk-cache.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'results-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (maxBytes = 2 ** 20, world = ''): DiskCache =>
  createDiskCache({
    folder: path.join(folder, 'results'),
    maxBytes,
    world,
    pathOf: ({ filename }) => path.join(folder, filename),
  })
const output = (length: number): NodeOutput => ({
  lists: [[{ dtype: 'float32', shape: [length], data: new Float32Array(length).fill(length) }], ['text', 5n]],
})
const put = async (cache: DiskCache, key: string, value: NodeOutput, isOutput = false): Promise<void> =>
  cache.set(key, value, { owner: key, isOutput, bytes: 100 })
const files = (): string[] =>
  readdirSync(path.join(folder, 'results'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

describe('C-10 results on disk', () => {
  it('are there for the next process, bit by bit', async () => {
    await put(open(), 'k', output(100))
    const cache = open()
    expect(cache.has('k')).toBe(true)
    expect(await cache.get('k', 'k')).toEqual(output(100))
    expect([cache.has('other'), await cache.get('other', 'other')]).toEqual([false, undefined])
    expect(open(2 ** 20, 'cuda').has('k')).toBe(false)
    await cache.clear()
    expect(open().has('k')).toBe(false)
  })

  it('are not kept when a part of them has no written form', async () => {
    const cache = open()
    await put(cache, 'model', { lists: [[{ run: () => 1 }]] })
    expect(cache.has('model')).toBe(false)
    expect(await cache.usage()).toEqual({ entries: 0, bytes: 0 })
  })

  it('C-15 may be shared by caches that write at once', async () => {
    const [first, second] = [open(), open()]
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        put(index % 2 === 0 ? first : second, `k${index % 7}`, output(10)),
      ),
    )
    for (let index = 0; index < 7; index++) expect(await second.get(`k${index}`, '')).toEqual(output(10))
    expect(files()).toHaveLength(7)
  })
})

describe('C-11 damage', () => {
  it('of any byte is noticed: the result is missing, and its file is removed', async () => {
    const cache = open()
    await put(cache, 'k', output(50))
    const [file = ''] = files()
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(file, damaged)
      expect(await cache.get('k', 'k'), `byte ${at}`).toBeUndefined()
      expect(files()).toEqual([])
    }
  })

  it('by cutting or growing is noticed', async () => {
    const cache = open()
    await put(cache, 'k', output(50))
    const [file = ''] = files()
    const whole = readFileSync(file)
    for (const length of [0, 1, 8, 23, 24, 100, whole.length - 1, whole.length + 1]) {
      const changed = Buffer.concat([whole, whole]).subarray(0, length)
      writeFileSync(file, changed)
      expect(await cache.get('k', 'k'), `${length} bytes`).toBeUndefined()
      expect(cache.has('k')).toBe(false)
    }
  })

  it('by taking the file of another key is noticed', async () => {
    const cache = open()
    await put(cache, 'a', output(1))
    const [file = ''] = files()
    const bytes = readFileSync(file)
    await put(cache, 'b', output(2))
    for (const each of files()) writeFileSync(each, bytes)
    expect([await cache.get('a', 'a'), await cache.get('b', 'b')]).toEqual([output(1), undefined])
  })
})

describe('C-12 output nodes', () => {
  const saved: NodeOutput = {
    lists: [],
    ui: { images: [{ filename: 'x.png', subfolder: '', type: 'output' }] },
  }

  it('are taken while their files are there as they were', async () => {
    writeFileSync(path.join(folder, 'x.png'), 'picture')
    const cache = open()
    await put(cache, 'k', saved, true)
    expect(cache.has('k')).toBe(true)
    expect(await open().get('k', 'k')).toEqual(saved)
    writeFileSync(path.join(folder, 'x.png'), 'another')
    expect([cache.has('k'), await cache.get('k', 'k')]).toEqual([false, undefined])
    await put(cache, 'k', saved, true)
    rmSync(path.join(folder, 'x.png'))
    expect(cache.has('k')).toBe(false)
  })

  it('run again where files go elsewhere, and when they name no file', async () => {
    writeFileSync(path.join(folder, 'x.png'), 'picture')
    await put(open(), 'k', saved, true)
    const elsewhere = createDiskCache({
      folder: path.join(folder, 'results'),
      maxBytes: 2 ** 20,
      pathOf: ({ filename }) => path.join(folder, 'elsewhere', filename),
    })
    expect(elsewhere.has('k')).toBe(false)
    await put(open(), 'text', { lists: [], ui: { text: ['shown'] } }, true)
    expect(open().has('text')).toBe(false)
  })
})

describe('C-13 the bound', () => {
  it('holds, and what was used least recently goes first', async () => {
    const cache = open(20 * 4096)
    for (let index = 0; index < 20; index++) {
      await put(cache, `k${index}`, output(10))
      // The clock of a file system may be coarser than this loop is quick.
      for (const file of files()) {
        const { mtimeMs } = statSync(file)
        if (Date.now() - mtimeMs < 60_000) utimesSync(file, new Date(index * 1000), new Date(index * 1000))
      }
    }
    expect(await cache.get('k0', 'k0')).toBeDefined()
    await put(cache, 'k20', output(10))
    const { bytes, entries } = await cache.usage()
    expect(bytes).toBeLessThanOrEqual(20 * 4096)
    expect(entries).toBe(16)
    expect(['k0', 'k1', 'k5', 'k6', 'k19', 'k20'].map((key) => cache.has(key))).toEqual([
      true,
      false,
      false,
      true,
      true,
      true,
    ])
  })

  it('counts what other processes left, and takes no result that is larger', async () => {
    const before = open()
    for (let index = 0; index < 20; index++) await put(before, `old${index}`, output(10))
    const cache = open(8 * 4096)
    await put(cache, 'new', output(10))
    expect((await cache.usage()).bytes).toBeLessThanOrEqual(8 * 4096)
    await put(cache, 'huge', output(10_000))
    expect(cache.has('huge')).toBe(false)
  })

  it('removes what a killed process left half written, once it is old', async () => {
    await put(open(), 'k', output(1))
    const [file = ''] = files()
    writeFileSync(`${file}.1.0.tmp`, 'half')
    utimesSync(`${file}.1.0.tmp`, new Date(0), new Date(0))
    writeFileSync(`${file}.2.0.tmp`, 'being written')
    await put(open(), 'k2', output(1))
    expect(files().filter((name) => name.endsWith('.tmp'))).toEqual([`${file}.2.0.tmp`])
  })
})

it('C-5 a folder that cannot be is told once, and reads as empty', async () => {
  writeFileSync(path.join(folder, 'results'), 'a file where the folder should be')
  const cache = open()
  expect([cache.has('k'), await cache.get('k', 'k')]).toEqual([false, undefined])
  await expect(put(cache, 'k', output(1))).rejects.toThrow(/ENOTDIR|EEXIST/)
  await put(cache, 'k', output(1))
})
