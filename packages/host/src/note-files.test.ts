import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteFiles } from './note-files.ts'

let folder: string
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'dicache-notes-')), 'notes')
})
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }))

describe('notes', () => {
  it('are there again, whole, in another process', async () => {
    expect(await noteFiles(folder).read('a')).toBeUndefined()
    expect(await noteFiles(folder).write('a', { list: [1, 'x', null] })).toBe(true)
    expect(await noteFiles(folder).write('a', { list: [2] })).toBe(true)
    expect(await noteFiles(folder).read('a')).toEqual({ list: [2] })
    expect(await readdir(folder)).toEqual(['a.json'])
  })

  it.each(['{', '', '\0'])('count as not there when the file holds %j', async (text) => {
    await mkdir(folder)
    await writeFile(path.join(folder, 'a.json'), text)
    expect(await noteFiles(folder).read('a')).toBeUndefined()
    expect(await noteFiles(folder).write('a', 1)).toBe(true)
    expect(await noteFiles(folder).read('a')).toBe(1)
  })

  it('have a size', async () => {
    const notes = noteFiles(folder)
    await expect(notes.write('a', 'x'.repeat(2 ** 20))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    await mkdir(folder)
    await writeFile(path.join(folder, 'a.json'), `"${'x'.repeat(2 ** 20)}"`)
    expect(await notes.read('a')).toBeUndefined()
  })

  it.each(['', '../a', 'a/b', 'A', 'a.json', '-', 'x'.repeat(65), '\0'])(
    'are not called %j',
    async (name) => {
      await expect(noteFiles(folder).read(name)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      await expect(noteFiles(folder).write(name, 1)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    },
  )

  it('that cannot be written are no failure', async () => {
    await writeFile(folder, 'a file where the folder should be')
    expect(await noteFiles(folder).write('a', 1)).toBe(false)
  })
})
