/** The versions of one document: files in a folder, named by their time. */
import { readFile, unlink } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'
import { listTree } from '../comfy/files/list-tree.ts'
import { putFile } from '../comfy/files/put-file.ts'
import { findBelow, placeBelow } from '../security/contained-file.ts'
import { type Version, type VersionKind, versionsToDrop } from './thin-versions.ts'
import { writeFlushed } from './write-flushed.ts'

/** Where versions lie, and what the time is. */
export type VersionStoreOptions = { readonly root: string; readonly now: () => number }

export type VersionStore = {
  /** Newest first. */
  readonly list: (folder: string) => Promise<readonly Version[]>
  /** @throws FILE_NOT_FOUND */
  readonly read: (folder: string, id: string) => Promise<Buffer>
  /**
   * Keeps a version unless the newest is the same, and drops those that are too many.
   * @param foundAtMs the time of a text that was found, and not saved here
   */
  readonly keep: (folder: string, bytes: Uint8Array, kind: VersionKind, foundAtMs?: number) => Promise<void>
  readonly clear: (folder: string) => Promise<void>
}

/** `2026-01-31T12-00-00-000Z.autosave.json`; older ones have no kind: they were saved on purpose. */
const NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3}Z)(?:\.(saved|autosave))?\.json$/

/** Makes a store below a root; folders are made with their first version. */
export function createVersionStore({ root, now }: VersionStoreOptions): VersionStore {
  const list: VersionStore['list'] = async (folder) => {
    const found = await findBelow(root, folder)
    if (found?.kind !== 'folder') return []
    const entries = await listTree(found.realPath, false)
    return entries
      .flatMap(({ name, kind, sizeBytes }) => (kind === 'file' ? (readName(name, sizeBytes) ?? []) : []))
      .toSorted((a, b) => b.savedAtMs - a.savedAtMs)
  }
  const read: VersionStore['read'] = async (folder, id) => {
    const found = NAME.test(id) ? await findBelow(root, `${folder}/${id}`) : undefined
    if (found?.kind !== 'file') throw new HostError('FILE_NOT_FOUND', 'There is no such version any more.')
    return readFile(found.realPath)
  }
  const drop = async (folder: string, versions: readonly Version[]): Promise<void> => {
    for (const { id } of versions) {
      const found = await findBelow(root, `${folder}/${id}`)
      if (found?.kind === 'file') await unlink(found.realPath)
    }
  }
  return {
    list,
    read,
    async keep(folder, bytes, kind, foundAtMs) {
      const [newest] = await list(folder)
      if (newest !== undefined && newest.sizeBytes === bytes.length) {
        const same = Buffer.compare(await read(folder, newest.id), bytes) === 0
        // Saved on purpose says more than kept on the way.
        if (same && (kind === 'autosave' || newest.kind === 'saved' || foundAtMs !== undefined)) return
        if (same) await drop(folder, [newest])
      }
      const savedAtMs = Math.max(foundAtMs ?? now(), (newest?.savedAtMs ?? 0) + 1)
      const id = `${new Date(savedAtMs).toISOString().replaceAll(/[:.]/g, '-')}.${kind}.json`
      const target = await placeBelow(root, `${folder}/${id}`)
      await putFile(target, { overwrite: true, make: (at) => writeFlushed(at, bytes) })
      await drop(folder, versionsToDrop(await list(folder), now()))
    },
    async clear(folder) {
      await drop(folder, await list(folder))
    },
  }
}

function readName(name: string, sizeBytes: number): Version | undefined {
  const [, day, hour, minute, second, rest, kind] = NAME.exec(name) ?? []
  const savedAtMs = Date.parse(`${day}T${hour}:${minute}:${second}.${rest}`)
  if (!Number.isFinite(savedAtMs)) return undefined
  return { id: path.basename(name), kind: kind === 'autosave' ? 'autosave' : 'saved', savedAtMs, sizeBytes }
}
