/** Saved workflows: read and written under conditions, so that nobody writes over what he has not seen. */
import { createHash } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { HostError } from '@dicache/protocol'
import { listTree, type TreeEntry } from '../comfy/files/list-tree.ts'
import { putFile } from '../comfy/files/put-file.ts'
import { type ContainedPath, findBelow, placeBelow } from '../security/contained-file.ts'
import type { Version, VersionKind } from './thin-versions.ts'
import { createVersionStore } from './version-store.ts'
import { writeFlushed } from './write-flushed.ts'

/** A document as it is now. `etag` names its bytes. */
export type StoredDocument = { readonly bytes: Buffer; readonly etag: string; readonly modifiedMs: number }

/** One of the list; `path` is below the folder of workflows. */
export type ListedDocument = Pick<TreeEntry, 'path' | 'sizeBytes' | 'modifiedMs'>

/** What must hold for a document to be written: it is there with these bytes, it is not there, or nothing. */
export type Condition = { readonly etags: readonly string[] } | 'absent' | 'none'

export type DocumentStore = {
  /** All of them, newest first. */
  readonly list: () => Promise<readonly ListedDocument[]>
  /** @throws FILE_NOT_FOUND */
  readonly read: (file: string) => Promise<StoredDocument>
  /**
   * Writes a document and keeps it as a version; what was there is a version, too. Writers of one document go one after
   * the other. Gives the new etag.
   * @throws DOCUMENT_CHANGED, ALREADY_EXISTS when the condition does not hold: nothing is written
   */
  readonly write: (
    file: string,
    bytes: Uint8Array,
    options: { readonly condition: Condition; readonly kind: VersionKind },
  ) => Promise<string>
  /** Deletes a document with all its versions. @throws FILE_NOT_FOUND */
  readonly remove: (file: string) => Promise<void>
  readonly versions: (file: string) => Promise<readonly Version[]>
  /** @throws FILE_NOT_FOUND */
  readonly version: (file: string, id: string) => Promise<Buffer>
}

/** Makes the store below the user's folder: `workflows/` has the documents, `versions/` their versions. */
export function createDocumentStore(userdata: string, now: () => number = Date.now): DocumentStore {
  const versions = createVersionStore({ root: userdata, now })
  const inTurn = createTurns()

  const find = async (file: string): Promise<ContainedPath | undefined> => {
    const found = await findBelow(userdata, placeOf(file))
    return found?.kind === 'file' ? found : undefined
  }
  const read = async (file: string): Promise<StoredDocument> => {
    const found = await find(file)
    if (found === undefined) throw new HostError('FILE_NOT_FOUND', `There is no workflow "${shown(file)}".`)
    const bytes = await readFile(found.realPath)
    return { bytes, etag: etagOf(bytes), modifiedMs: found.modifiedMs }
  }
  return {
    async list() {
      const folder = await findBelow(userdata, 'workflows')
      const entries = folder?.kind === 'folder' ? await listTree(folder.realPath, true) : []
      return entries
        .filter(({ kind, name }) => kind === 'file' && /\.json$/i.test(name))
        .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
    },
    read,
    write: (file, bytes, { condition, kind }) =>
      inTurn(file, async () => {
        const target = await placeBelow(userdata, placeOf(file))
        const there = (await find(file)) === undefined ? undefined : await read(file)
        hold(condition, there?.etag, file)
        const etag = etagOf(bytes)
        // Others may have put it there, past this store: what is replaced stays as a version.
        if (there !== undefined && there.etag !== etag)
          await versions.keep(folderOf(file), there.bytes, 'saved', there.modifiedMs)
        if (there?.etag !== etag)
          await putFile(target, { overwrite: true, make: (at) => writeFlushed(at, bytes) })
        await versions.keep(folderOf(file), bytes, kind)
        return etag
      }),
    remove: (file) =>
      inTurn(file, async () => {
        const found = await find(file)
        if (found === undefined)
          throw new HostError('FILE_NOT_FOUND', `There is no workflow "${shown(file)}".`)
        await unlink(found.realPath)
        await versions.clear(folderOf(file))
      }),
    versions: async (file) => versions.list(folderOf(file)),
    version: async (file, id) => versions.read(folderOf(file), id),
  }
}

function hold(condition: Condition, there: string | undefined, file: string): void {
  if (condition === 'none') return
  if (condition === 'absent') {
    if (there === undefined) return
    throw new HostError('ALREADY_EXISTS', `There is a workflow "${shown(file)}" already.`)
  }
  if (there !== undefined && condition.etags.includes(there)) return
  throw new HostError(
    'DOCUMENT_CHANGED',
    there === undefined
      ? `The workflow "${shown(file)}" was deleted or moved since it was read. Nothing was written.`
      : `The workflow "${shown(file)}" was changed somewhere else since it was read. Nothing was written.`,
  )
}

/** Names bytes, in the form of an HTTP entity tag. */
function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`
}

/** @throws BAD_REQUEST for names that are none */
function placeOf(file: string): string {
  if (!/[^/]\.json$/i.test(file))
    throw new HostError('BAD_REQUEST', 'The name of a workflow ends with ".json".')
  return `workflows/${file}`
}

function folderOf(file: string): string {
  return `versions/${placeOf(file)
    .slice('workflows/'.length)
    .replace(/\.json$/i, '')}`
}

function shown(file: string): string {
  return file.slice(0, 100)
}

/** Runs work on one name one after the other, on different names side by side. */
function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async function inTurn(name, work) {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, turn)
    try {
      return await turn
    } finally {
      if (last.get(name) === turn) last.delete(name)
    }
  }
}
