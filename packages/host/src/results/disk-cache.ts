/** Results of nodes that survive the process: one file each, under the hash of everything that it depends on. */
import { hash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import path from 'node:path'
import type { NodeOutput, ResultCache, ResultFacts } from '@dicache/engine'
import type { SavedFile } from '@dicache/protocol'
import { createBoundedFolder } from './bounded-folder.ts'
import { type FileState, packResult, readResult, RESULT_FORMAT, writeResult } from './result-file.ts'
import { readValue, writeValue } from './result-values.ts'
import { savedFiles } from './saved-files.ts'

/** What a disk cache is made of. */
export type DiskCacheOptions = {
  /** Created with the first result. */
  readonly folder: string
  readonly maxBytes: number
  /** What results depend on besides their keys, such as the device: it is part of every address. */
  readonly world?: string
  /** Where a file that a node saved is. */
  readonly pathOf: (file: SavedFile) => string
}

/** A cache that says how much it holds. */
export type DiskCache = ResultCache & {
  readonly usage: () => Promise<{ readonly entries: number; readonly bytes: number }>
}

type Place = { readonly shard: string; readonly address: string; readonly file: string }

/** Ends the names of output nodes' results. */
const OUTPUT = '.out'
/** A result that is read again tells so at most this often. */
const TOUCH_MS = 60_000

/**
 * Makes a cache. Results with a part that cannot be written (an opened model), and those of output nodes that name no
 * file, are not kept. An output node's result is taken only while the files it wrote are there as they were.
 * Damaged files count as missing, and are removed.
 */
export function createDiskCache({ folder, maxBytes, world = '', pathOf }: DiskCacheOptions): DiskCache {
  // What the sub-folders held when this run first looked: thousands of nodes are looked up at its beginning.
  const known = new Map<string, Set<string>>()
  const space = createBoundedFolder(folder, { maxBytes, onRemoved: () => known.clear() })
  // A process that is gone may have had this one's number, and left something.
  const writer = randomUUID()
  let written = 0
  let broken = false

  const placeOf = (key: string): Place => {
    const address = hash('sha256', `${RESULT_FORMAT}\n${world}\n${key}`, 'hex').slice(0, 40)
    const shard = folder + path.sep + address.slice(0, 2)
    return { shard, address, file: shard + path.sep + address }
  }
  const namesIn = (shard: string): Set<string> => {
    const names = known.get(shard) ?? listNames(shard)
    known.set(shard, names)
    return names
  }
  /** The file of a result, if there is one. */
  const find = (key: string): string | undefined => {
    const { shard, address, file } = placeOf(key)
    const names = namesIn(shard)
    if (names.has(address)) return file
    return names.has(address + OUTPUT) ? file + OUTPUT : undefined
  }
  const load = (file: string, key: string): NodeOutput | undefined => {
    try {
      const { header, buffers } = readResult(file, key)
      const output = readValue(header.value, buffers) as NodeOutput
      const places = savedFiles(output).map(pathOf)
      const holds = header.files.every((state, index) => state.path === places[index] && isAsItWas(state))
      if (holds) return output
    } catch (fault) {
      if (isMissing(fault)) {
        known.clear()
        return undefined
      }
    }
    known.clear()
    drop(file)
    return undefined
  }
  return {
    // An output node's result depends on files: looking at them means reading it.
    has: (key) => {
      const file = find(key)
      if (file === undefined) return false
      return !file.endsWith(OUTPUT) || load(file, key) !== undefined
    },
    get: (key) => {
      const file = find(key)
      const output = file === undefined ? undefined : load(file, key)
      if (file !== undefined && output !== undefined) touch(file)
      return output
    },
    set: async (key, output, facts) => {
      if (broken || facts.bytes > maxBytes) return
      const files = filesOf(output, facts, pathOf)
      if (files === undefined) return
      const buffers: Uint8Array[] = []
      const value = writeValue(output, buffers)
      const parts = value === undefined ? undefined : packResult({ key, value, files }, buffers)
      if (parts === undefined) return
      const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
      if (size > maxBytes) return
      const { shard, address, file } = placeOf(key)
      const ending = facts.isOutput ? OUTPUT : ''
      try {
        const names = namesIn(shard)
        if (names.size === 0) mkdirSync(shard, { recursive: true })
        writeResult(file + ending, `${file}.${writer}.${written++}.tmp`, parts)
        names.add(address + ending)
        await space.grow(size)
      } catch (fault) {
        // A disk that is full or may not be written will be so for the next node too: it is told once.
        broken = true
        throw fault
      }
    },
    clear: () => {
      known.clear()
      rmSync(folder, { recursive: true, force: true })
    },
    beginRun: () => known.clear(),
    usage: space.usage,
  }
}

/** The state of the files that an output node wrote; undefined when its result must not be kept. */
function filesOf(
  output: NodeOutput,
  { isOutput }: ResultFacts,
  pathOf: DiskCacheOptions['pathOf'],
): readonly FileState[] | undefined {
  const files = savedFiles(output)
  if (files.length === 0) return isOutput ? undefined : []
  const states: FileState[] = []
  for (const saved of files) {
    const file = pathOf(saved)
    const facts = statSync(file, { throwIfNoEntry: false })
    if (facts === undefined) return undefined
    states.push({ path: file, sizeBytes: facts.size, modifiedMs: facts.mtimeMs })
  }
  return states
}

function isAsItWas({ path: file, sizeBytes, modifiedMs }: FileState): boolean {
  const facts = statSync(file, { throwIfNoEntry: false })
  return facts?.size === sizeBytes && facts.mtimeMs === modifiedMs
}

/** A folder that is not there holds nothing. */
function listNames(shard: string): Set<string> {
  try {
    return new Set(readdirSync(shard))
  } catch {
    return new Set()
  }
}

function isMissing(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT'
}

/** Removes a file that is of no use. One that may not be removed is read in vain again, and no more. */
function drop(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // The result is computed again all the same.
  }
}

/** Notes that a result was used. Another process may have removed it meanwhile. */
function touch(file: string): void {
  const facts = statSync(file, { throwIfNoEntry: false })
  const now = new Date()
  if (facts === undefined || now.getTime() - facts.mtimeMs < TOUCH_MS) return
  try {
    utimesSync(file, now, now)
  } catch {
    // It is gone, or belongs to someone else: it only counts as less recently used.
  }
}
