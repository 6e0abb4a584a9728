/** Writes what nodes save: numbered names, whole files or none, inside the output folder. */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { HostError, type SavedFile, toHostError } from '@dicache/protocol'
import type { FileToSave, HostServices } from '@dicache/sdk'
import { containedPath } from './contained-path.ts'
import type { HomeFolders } from './home.ts'

/** Saves as `PREFIX_00001_.EXT`, counting on from what is there, as ComfyUI does. Calls are served one after the other. */
export function outputFiles(folders: Pick<HomeFolders, 'output' | 'temp'>): HostServices['outputs'] {
  let last: Promise<unknown> = Promise.resolve()

  async function saveNow(file: FileToSave): Promise<SavedFile> {
    const root = file.kind === 'temp' ? folders.temp : folders.output
    const target = containedPath(root, file.prefix)
    const folder = path.dirname(target)
    const stem = path.basename(target)
    try {
      await mkdir(folder, { recursive: true })
      const filename = `${stem}_${String((await highest(folder, stem)) + 1).padStart(5, '0')}_.${file.extension}`
      await writeWhole(path.join(folder, filename), file.bytes)
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

/** A reader never sees half a file, and a failed write leaves nothing. */
async function writeWhole(target: string, bytes: Uint8Array): Promise<void> {
  const partial = `${target}.partial-${process.pid}`
  const handle = await open(partial, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.close()
    await rename(partial, target)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(partial, { force: true })
    throw error
  }
}

function outputError(error: unknown, folder: string): HostError {
  const known = toHostError(error)
  if (known.code === 'DISK_FULL') {
    return new HostError(
      'DISK_FULL',
      `the disk of ${folder} is full: free some space, or choose another folder with --out`,
      { path: folder, cause: error },
    )
  }
  if (known.code === 'INTERNAL' || known.code === 'FILE_NOT_FOUND' || known.code === 'OUTPUT_NOT_WRITABLE') {
    const reason = error instanceof Error ? error.message : String(error)
    return new HostError(
      'OUTPUT_NOT_WRITABLE',
      `cannot write into ${folder} (${reason}): check its permissions, or choose another folder with --out`,
      { path: folder, cause: error },
    )
  }
  return known
}
