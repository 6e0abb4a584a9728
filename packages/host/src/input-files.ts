/** Files that nodes read: the input folder, and outputs by `NAME [output]`. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'
import type { HostServices } from '@dicache/sdk'
import { checkRealPath, containedPath } from './contained-path.ts'
import type { HomeFolders } from './home.ts'

/** Lists and resolves input files. */
export function inputFiles(folders: Pick<HomeFolders, 'input' | 'output' | 'temp'>): HostServices['inputs'] {
  return {
    async list() {
      const entries = await readdir(folders.input, { recursive: true, withFileTypes: true }).catch(() => [])
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) =>
          path.relative(folders.input, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
        )
        .toSorted()
    },
    async resolve(name) {
      const [, bare = name, kind = 'input'] = /^(.*) \[(input|output|temp)\]$/.exec(name) ?? []
      const folder = kind === 'output' ? folders.output : kind === 'temp' ? folders.temp : folders.input
      const file = containedPath(folder, bare)
      const facts = await stat(file).catch(() => undefined)
      if (facts?.isFile() !== true)
        throw new HostError('FILE_NOT_FOUND', `there is no file "${bare}" in ${folder}`, { path: file })
      await checkRealPath(folder, file)
      return file
    },
  }
}
