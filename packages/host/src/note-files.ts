/** Small things that nodes learned, as JSON files: written whole, read with suspicion. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HostError, parseJson, stringifyJson } from '@dicache/protocol'
import type { HostServices } from '@dicache/sdk'

/** A note beyond this is none. */
const MAX_BYTES = 2 ** 20
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/

/** @param folder created with the first note */
export function noteFiles(folder: string): HostServices['notes'] {
  const placeOf = (name: string): string => {
    if (!NAME.test(name))
      throw new HostError('BAD_REQUEST', `"${name.slice(0, 100)}" is no name of a note: use a-z, 0-9 and -`)
    return path.join(folder, `${name}.json`)
  }
  return {
    async read(name) {
      const file = placeOf(name)
      try {
        if ((await stat(file)).size > MAX_BYTES) return undefined
        return parseJson(await readFile(file, 'utf8'))
      } catch {
        return undefined // not there, not readable, or damaged: all the same to who asks
      }
    },
    async write(name, value) {
      const file = placeOf(name)
      const text = stringifyJson(value)
      if (Buffer.byteLength(text) > MAX_BYTES)
        throw new HostError('TOO_LARGE', `the note ${name} is larger than ${MAX_BYTES} bytes`)
      const partial = `${file}.${crypto.randomUUID()}.tmp`
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(partial, text, { flag: 'wx' })
        await rename(partial, file)
        return true
      } catch {
        await rm(partial, { force: true }).catch(() => undefined)
        return false
      }
    },
  }
}
