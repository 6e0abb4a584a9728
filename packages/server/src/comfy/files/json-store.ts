/** A small JSON object on disk: settings, users. Written whole, one change after the other. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HostError, isJsonObject, type JsonObject, parseJson, stringifyJson } from '@dicache/protocol'

/** An object that stays. */
export type JsonStore = {
  readonly read: () => Promise<JsonObject>
  /** Changes it; what `change` throws leaves it as it was. @throws TOO_LARGE */
  readonly update: (change: (value: JsonObject) => JsonObject) => Promise<void>
}

/** Makes a store of a file; a file that is not there, or is broken, is an empty object. */
export function createJsonStore(file: string, maxBytes: number): JsonStore {
  let last: Promise<unknown> = Promise.resolve()

  const read = async (): Promise<JsonObject> => {
    const text = await readFile(file, 'utf8').catch(() => '{}')
    try {
      const value = parseJson(text, { keepFloats: true })
      return isJsonObject(value) ? value : {}
    } catch {
      return {}
    }
  }
  const updateNow = async (change: (value: JsonObject) => JsonObject): Promise<void> => {
    const text = stringifyJson(change(await read()), 2)
    if (Buffer.byteLength(text) > maxBytes)
      throw new HostError('TOO_LARGE', `That is more than the ${maxBytes / 2 ** 20} MB that fit.`)
    await mkdir(path.dirname(file), { recursive: true })
    const partial = `${file}.partial-${crypto.randomUUID().slice(0, 8)}`
    try {
      await writeFile(partial, text, { flag: 'wx', mode: 0o600 })
      await rename(partial, file)
    } finally {
      await rm(partial, { force: true })
    }
  }
  return {
    async read() {
      await last.catch(() => undefined)
      return read()
    },
    update(change) {
      const next = last.catch(() => undefined).then(() => updateNow(change))
      last = next
      next.catch(() => undefined)
      return next
    },
  }
}
