import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { HostError } from '@dicache/protocol'
import type { FileToSave } from '@dicache/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outputError, outputFiles, savedPath } from './output-files.ts'

let base: string
beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'dicache-outputs-'))
})
afterEach(() => rm(base, { recursive: true, force: true }))

const folders = (): { output: string; temp: string } => ({
  output: path.join(base, 'out'),
  temp: path.join(base, 'temp'),
})
const file = (prefix: string, text = prefix): FileToSave => ({
  bytes: Buffer.from(text),
  prefix,
  extension: 'png',
  kind: 'output',
})

describe('outputFiles', () => {
  it('numbers the files of a prefix, on from what is there', async () => {
    const outputs = outputFiles(folders())
    expect(await outputs.save(file('a'))).toEqual({ filename: 'a_00001_.png', subfolder: '', type: 'output' })
    expect((await outputs.save(file('a'))).filename).toBe('a_00002_.png')
    for (const name of ['a_00041_.png', 'a_7.webp', 'ab_00099_.png', 'a_x_.png', 'a_100'])
      await writeFile(path.join(base, 'out', name), '')
    expect((await outputs.save(file('a'))).filename).toBe('a_00101_.png')
    expect((await outputs.save(file('ab'))).filename).toBe('ab_00100_.png')
  })

  it('writes through no link that leads out, and makes no folder behind it', async () => {
    await mkdir(path.join(base, 'out'))
    await mkdir(path.join(base, 'secret'))
    await symlink(path.join(base, 'secret'), path.join(base, 'out', 'link'))
    await symlink(path.join(base, 'nowhere'), path.join(base, 'out', 'dangling'))
    const outputs = outputFiles(folders())
    for (const prefix of ['link/a', 'link/b/c'])
      await expect(outputs.save(file(prefix))).rejects.toMatchObject({ code: 'PATH_OUTSIDE' })
    await expect(outputs.save(file('dangling/a'))).rejects.toBeInstanceOf(HostError)
    expect(await readdir(path.join(base, 'secret'))).toEqual([])
    expect(await readdir(base)).not.toContain('nowhere')
  })

  it('makes the folders of a prefix, and names them with forward slashes', async () => {
    const outputs = outputFiles(folders())
    const saved = await outputs.save(file('shots\\night/fox', 'bytes'))
    expect(saved).toEqual({ filename: 'fox_00001_.png', subfolder: 'shots/night', type: 'output' })
    expect(await readFile(savedPath(folders(), saved), 'utf8')).toBe('bytes')
    const preview = await outputs.save({ ...file('p'), kind: 'temp' })
    expect(savedPath(folders(), preview)).toBe(path.join(base, 'temp', 'p_00001_.png'))
  })

  it('gives every one of many savers at once a name of its own, also across processes', async () => {
    // Two values know nothing of each other, as two processes would.
    const [one, other] = [outputFiles(folders()), outputFiles(folders())]
    const texts = Array.from({ length: 24 }, (_, n) => `picture ${n}`)
    const saved = await Promise.all(texts.map((text, n) => (n % 2 === 0 ? one : other).save(file('a', text))))
    const names = saved.map(({ filename }) => filename)
    expect(new Set(names).size).toBe(texts.length)
    const read = await Promise.all(names.map((name) => readFile(path.join(base, 'out', name), 'utf8')))
    expect(read).toEqual(texts)
    expect((await readdir(path.join(base, 'out'))).length).toBe(texts.length)
  })

  it('refuses prefixes that leave the folder, and goes on after a failure', async () => {
    const outputs = outputFiles(folders())
    for (const prefix of ['../a', '/etc/a', 'x/../../a', '', 'C:\\a'])
      await expect(outputs.save(file(prefix))).rejects.toMatchObject({ code: 'PATH_OUTSIDE' })
    expect((await outputs.save(file('a'))).filename).toBe('a_00001_.png')
    expect(await readdir(base)).toEqual(['out'])
  })

  it('says so when a part of the path is a file, and leaves nothing', async () => {
    await writeFile(path.join(base, 'out'), 'a file')
    const saving = outputFiles(folders()).save(file('a'))
    await expect(saving).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
      message: expect.stringMatching(/cannot write into .*out.*--out/) as string,
    })
    await expect(outputFiles(folders()).save(file('deep/er/a'))).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    })
    expect(await readdir(base)).toEqual(['out'])
  })

  it('leaves nothing when a name is too long for the disk', async () => {
    await expect(outputFiles(folders()).save(file('x'.repeat(300)))).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
      message: expect.stringContaining('too long') as string,
    })
    expect(await readdir(path.join(base, 'out'))).toEqual([])
  })
})

describe('outputError', () => {
  it('names the folder when its disk is full', async () => {
    const full: unknown = await fillUp().then(
      () => new Error('there is no full disk here'),
      (error: unknown) => error,
    )
    expect(outputError(full, '/pictures')).toMatchObject({
      code: 'DISK_FULL',
      message: 'the disk of /pictures is full: free some space, or choose another folder with --out',
      exitCode: 1,
    })
  })

  it('leaves errors alone that are not the file system’s', () => {
    const own = new HostError('PATH_OUTSIDE', 'outside', { path: '/a' })
    expect(outputError(own, '/b')).toBe(own)
    expect(outputError(new TypeError('a bug'), '/b').code).toBe('INTERNAL')
  })
})

/** Linux has a device that is always full; elsewhere the error is made as the system makes it. */
async function fillUp(): Promise<void> {
  if (process.platform !== 'linux')
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
  await using full = await open('/dev/full', 'w')
  await full.writeFile('x')
}
