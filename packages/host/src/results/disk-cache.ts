/** Results of nodes that survive the process: one file each, under the hash of everything that it depends on. */
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import path from 'node:path'
import type { NodeOutput, ResultCache, ResultFacts } from '@dicache/engine'
import { isJsonObject, type JsonValue, type SavedFile } from '@dicache/protocol'
import { createBoundedFolder } from './bounded-folder.ts'
import { type FileState, packResult, readResult, RESULT_FORMAT, writeResult } from './result-file.ts'
import { readValue, writeValue } from './result-values.ts'

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

/** A result that is read again tells so at most this often. */
const TOUCH_MS = 60_000

/**
 * Makes a cache. Results with a part that cannot be written (an opened model), and those of output nodes that name no
 * file, are not kept. An output node's result is taken only while the files it wrote are there as they were.
 * Damaged files count as missing, and are removed.
 */
export function createDiskCache({ folder, maxBytes, world = '', pathOf }: DiskCacheOptions): DiskCache {
  const space = createBoundedFolder(folder, maxBytes)
  let written = 0
  let broken = false

  const placeOf = (key: string): { readonly shard: string; readonly file: string } => {
    const address = hash('sha256', `${RESULT_FORMAT}\n${world}\n${key}`, 'hex').slice(0, 40)
    const shard = path.join(folder, address.slice(0, 2))
    return { shard, file: path.join(shard, address) }
  }
  const load = (file: string, key: string): NodeOutput | undefined => {
    try {
      const { header, buffers } = readResult(file, key)
      const output = readValue(header.value, buffers) as NodeOutput
      const places = savedFiles(output).map(pathOf)
      const holds = header.files.every((state, index) => state.path === places[index] && isAsItWas(state))
      if (holds) return output
    } catch (fault) {
      if (isMissing(fault)) return undefined
    }
    drop(file)
    return undefined
  }
  return {
    // An output node's result depends on files: looking at them means reading it.
    has: (key) => {
      const { file } = placeOf(key)
      return existsSync(file) || (existsSync(`${file}.out`) && load(`${file}.out`, key) !== undefined)
    },
    get: (key) => {
      const { file } = placeOf(key)
      const name = existsSync(file) ? file : `${file}.out`
      const output = load(name, key)
      if (output !== undefined) touch(name)
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
      const { shard, file } = placeOf(key)
      try {
        mkdirSync(shard, { recursive: true })
        writeResult(facts.isOutput ? `${file}.out` : file, `${file}.${process.pid}.${written++}.tmp`, parts)
        await space.grow(size)
      } catch (fault) {
        // A disk that is full or may not be written will be so for the next node too: it is told once.
        broken = true
        throw fault
      }
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
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

function savedFiles({ ui = {} }: NodeOutput): readonly SavedFile[] {
  return Object.values(ui).flat().filter(isSavedFile)
}

function isSavedFile(value: JsonValue): value is JsonValue & SavedFile {
  return (
    isJsonObject(value) && typeof value['filename'] === 'string' && typeof value['subfolder'] === 'string'
  )
}

function isAsItWas({ path: file, sizeBytes, modifiedMs }: FileState): boolean {
  const facts = statSync(file, { throwIfNoEntry: false })
  return facts?.size === sizeBytes && facts.mtimeMs === modifiedMs
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
