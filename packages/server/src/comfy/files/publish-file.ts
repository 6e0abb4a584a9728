/** Gives a finished file its place: whole or not at all, and never through a link. */
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, link, lstat, mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HostError } from '@dicache/protocol'
import { placeBelow } from '../../security/contained-file.ts'
import { safeName, safePath } from '../../security/names.ts'

/** A file and where it should go. */
export type Publication = {
  /** The file that is there already, anywhere. */
  readonly source: string
  readonly sha256: string
  readonly root: string
  readonly subfolder: string
  readonly name: string
  /** Replace what has this name. */
  readonly overwrite: boolean
}

/** More files of one name than this are no accident. */
const MAX_NUMBER = 10_000

/**
 * Publishes a file; gives the name that it got. A name that is taken by the same bytes is used again, one that is taken
 * by others gets a number: `name (1).png`.
 * @throws PATH_OUTSIDE, BAD_REQUEST for names that are none
 */
export async function publishFile(publication: Publication): Promise<string> {
  const { source, root, overwrite } = publication
  const name = safeName(publication.name)
  const subfolder = safePath(publication.subfolder)
  const folder = subfolder === '' ? root : await placeBelow(root, subfolder)
  await makeFolder(folder)
  if (overwrite) {
    await replace(source, path.join(folder, name))
    return name
  }
  const { name: stem, ext } = path.parse(name)
  for (let number = 0; number < MAX_NUMBER; number += 1) {
    const candidate = number === 0 ? name : `${stem} (${number})${ext}`
    const target = path.join(folder, candidate)
    if (await claim(source, target)) return candidate
    if (await isSame(target, publication)) return candidate
  }
  throw new HostError('ALREADY_EXISTS', `There are ${MAX_NUMBER} files of this name already.`)
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    const code = codeOf(cause)
    if (code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') throw cause
    throw new HostError('BAD_REQUEST', 'A part of the folder’s name is a file, or too long.', { cause })
  }
}

async function replace(source: string, target: string): Promise<void> {
  try {
    await rename(source, target)
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'EXDEV') {
      const near = `${target}.partial-${crypto.randomUUID().slice(0, 8)}`
      await copyFile(source, near, constants.COPYFILE_EXCL)
      await rename(near, target)
      return
    }
    if (code === 'EISDIR' || code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new HostError('BAD_REQUEST', 'This name is that of a folder.', { cause })
    throw cause
  }
}

/** Takes a name that is free; false when it is not. */
async function claim(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
  }
  // Other disks, and file systems without hard links.
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw cause
  }
}

async function isSame(target: string, { sha256, source }: Publication): Promise<boolean> {
  const [there, ours] = await Promise.all([lstat(target), lstat(source)])
  return there.isFile() && there.size === ours.size && (await hashOf(target)) === sha256
}

/** The SHA-256 of a file's bytes. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
