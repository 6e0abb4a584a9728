/** Writes what nodes save: numbered names, whole files or none, inside the output folder. */
import { link, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { HostError, type SavedFile, toHostError } from '@dicache/protocol'
import type { FileToSave, HostServices } from '@dicache/sdk'
import { checkRealPath, containedPath } from './contained-path.ts'
import type { HomeFolders } from './home.ts'

/** Saves as `PREFIX_00001_.EXT`, counting on from what is there, as ComfyUI does. Calls are served one after the other. */
export function outputFiles(folders: Pick<HomeFolders, 'output' | 'temp'>): HostServices['outputs'] {
  let last: Promise<unknown> = Promise.resolve()

  async function saveNow(file: FileToSave): Promise<SavedFile> {
    const root = file.kind === 'temp' ? folders.temp : folders.output
    const target = containedPath(root, file.prefix)
    const folder = path.dirname(target)
    const stem = path.basename(target)
    await checkRealPath(root, folder)
    try {
      await mkdir(folder, { recursive: true })
      const filename = await writeNumbered(folder, stem, file)
      return { filename, subfolder: path.relative(root, folder).split(path.sep).join('/'), type: file.kind }
    } catch (error) {
      throw outputError(error, folder)
    }
  }

  return {
    save(file) {
      const next = last.then(() => saveNow(file))
      last = next.catch(() => undefined)
      return next
    },
  }
}

/** The absolute path of a saved file. */
export function savedPath(folders: Pick<HomeFolders, 'output' | 'temp'>, file: SavedFile): string {
  return path.join(file.type === 'temp' ? folders.temp : folders.output, file.subfolder, file.filename)
}

async function highest(folder: string, stem: string): Promise<number> {
  const numbers = (await readdir(folder)).flatMap((name) => {
    const digits = name.startsWith(`${stem}_`)
      ? /^(\d+)_?(\.|$)/.exec(name.slice(stem.length + 1))?.[1]
      : undefined
    return digits === undefined ? [] : [Number(digits)]
  })
  return Math.max(0, ...numbers)
}

/** Writes under the next free number; gives the name. A reader never sees half a file, and a failed write leaves nothing. */
async function writeNumbered(
  folder: string,
  stem: string,
  { bytes, extension }: Pick<FileToSave, 'bytes' | 'extension'>,
): Promise<string> {
  const partial = path.join(folder, `${stem}.partial-${process.pid}-${crypto.randomUUID().slice(0, 8)}`)
  try {
    await using handle = await open(partial, 'wx')
    await handle.writeFile(bytes)
    for (let number = (await highest(folder, stem)) + 1; ; number += 1) {
      const filename = `${stem}_${String(number).padStart(5, '0')}_.${extension}`
      if (await publish(partial, path.join(folder, filename))) return filename
    }
  } finally {
    await rm(partial, { force: true })
  }
}

/** Gives a finished file its name, unless another process took the name meanwhile. */
async function publish(partial: string, target: string): Promise<boolean> {
  try {
    await link(partial, target)
    return true
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EEXIST') return false
    if (code === undefined || !NO_HARD_LINKS.has(code)) throw error
  }
  // Some file systems (FAT, some shares) know no hard links: there an empty file takes the name first.
  try {
    await (await open(target, 'wx')).close()
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
  await rename(partial, target)
  return true
}

const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * What went wrong with writing into a folder: DISK_FULL or OUTPUT_NOT_WRITABLE with the way out. Errors that are not the file
 * system's stay what they are.
 */
export function outputError(error: unknown, folder: string): HostError {
  const known = toHostError(error, { path: folder })
  const errno = errnoOf(error)
  if (errno === undefined) return known
  if (known.code === 'DISK_FULL') {
    return new HostError(
      'DISK_FULL',
      `the disk of ${folder} is full: free some space, or choose another folder with --out`,
      { path: folder, cause: error },
    )
  }
  return new HostError(
    'OUTPUT_NOT_WRITABLE',
    `cannot write into ${folder} (${REASONS[errno] ?? errno}): check it, or choose another folder with --out`,
    { path: folder, cause: error },
  )
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of that name',
  ENAMETOOLONG: 'the name is too long',
  EFBIG: 'the file is larger than allowed',
}

/** The system's name of an error, such as ENOSPC; undefined when it is not the system's. */
function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}
