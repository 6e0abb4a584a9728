import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { homeFolders } from './home.ts'
import { inputFiles } from './input-files.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'dicache-inputs-'))
  for (const name of ['input/a.png', 'input/sub/b.png', 'input/.hidden', 'output/c.png', 'temp/d.png']) {
    await mkdir(path.dirname(path.join(home, name)), { recursive: true })
    await writeFile(path.join(home, name), '')
  }
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('inputFiles', () => {
  it('lists files by their path with forward slashes, sorted, without hidden ones', async () => {
    expect(await inputFiles(homeFolders(home)).list()).toEqual(['a.png', 'sub/b.png'])
  })

  it('lists nothing where there is no folder', async () => {
    expect(await inputFiles(homeFolders(path.join(home, 'missing'))).list()).toEqual([])
  })

  it.each([
    ['a.png', 'input/a.png'],
    ['a.png [input]', 'input/a.png'],
    ['sub/b.png', 'input/sub/b.png'],
    ['c.png [output]', 'output/c.png'],
    ['d.png [temp]', 'temp/d.png'],
  ])('finds %j', async (name, file) => {
    expect(await inputFiles(homeFolders(home)).resolve(name)).toBe(path.join(home, file))
  })

  it('follows links inside the folder, and none that leads out', async () => {
    const input = path.join(home, 'input')
    await symlink(path.join(input, 'a.png'), path.join(input, 'same.png'))
    await symlink(path.join(home, 'output', 'c.png'), path.join(input, 'out.png'))
    await symlink(home, path.join(input, 'up'))
    const files = inputFiles(homeFolders(home))
    expect(await files.resolve('same.png')).toBe(path.join(input, 'same.png'))
    for (const name of ['out.png', 'up/output/c.png', 'up/input/a.png/../../output/c.png'])
      await expect(files.resolve(name)).rejects.toMatchObject({ code: 'PATH_OUTSIDE' })
  })

  it('takes a folder that is a link itself', async () => {
    await symlink(path.join(home, 'input'), path.join(home, 'elsewhere'))
    const files = inputFiles({ ...homeFolders(home), input: path.join(home, 'elsewhere') })
    expect(await files.resolve('sub/b.png')).toBe(path.join(home, 'elsewhere', 'sub', 'b.png'))
  })

  it.each(['c.png', 'a.png [output]', 'sub', 'nothing.png'])('does not find %j', async (name) => {
    await expect(inputFiles(homeFolders(home)).resolve(name)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
  })

  it.each(['../output/c.png', '../temp/d.png [output]', '/etc/passwd', '..\\output\\c.png'])(
    'gives nothing outside: %j',
    async (name) => {
      await expect(inputFiles(homeFolders(home)).resolve(name)).rejects.toMatchObject({
        code: 'PATH_OUTSIDE',
      })
    },
  )
})
