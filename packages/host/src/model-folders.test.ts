import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { modelFolders } from './model-folders.ts'

let base: string
beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'dicache-models-'))
})
afterEach(() => rm(base, { recursive: true, force: true }))

const NOTHING = { folder: '/nowhere', files: {} }
const at = (...names: string[]): string => path.join(base, ...names)

async function put(bytes: string, ...names: string[]): Promise<string> {
  await mkdir(path.dirname(at(...names)), { recursive: true })
  await writeFile(at(...names), bytes)
  return at(...names)
}

const namesIn = async (models: ReturnType<typeof modelFolders>, folder: string): Promise<readonly string[]> =>
  (await models.list(folder)).map(({ name }) => name)

describe('modelFolders', () => {
  it('lists weight files with size and time, nested ones by their path, and nothing else', async () => {
    await put('12345', 'vae', 'ae.safetensors')
    await put('1', 'vae', 'flux', 'Fine.SFT')
    for (const name of ['readme.md', '.hidden.safetensors', 'ae.safetensors.partial'])
      await put('', 'vae', name)
    await put('', 'vae', '.cache', 'x.safetensors')
    await mkdir(at('vae', 'folder.safetensors'))
    const models = modelFolders([base], NOTHING)
    const listed = await models.list('vae')
    expect(listed.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['ae.safetensors', 5],
      ['flux/Fine.SFT', 1],
    ])
    expect(listed[0]?.modifiedMs).toBeGreaterThan(1e12)
    expect(listed[0]).not.toHaveProperty('path')
    expect(await models.resolve('vae', 'flux/Fine.SFT')).toBe(at('vae', 'flux', 'Fine.SFT'))
  })

  it('reads the older names of folders too, and the first file of a name wins', async () => {
    const first = await put('', 'a', 'diffusion_models', 'x.safetensors')
    await put('', 'a', 'unet', 'x.safetensors')
    const old = await put('', 'b', 'unet', 'old.safetensors')
    await put('', 'b', 'clip', 'l.safetensors')
    const models = modelFolders([at('a'), at('b')], NOTHING)
    expect(await namesIn(models, 'diffusion_models')).toEqual(['x.safetensors', 'old.safetensors'])
    expect(await namesIn(models, 'text_encoders')).toEqual(['l.safetensors'])
    expect(await models.resolve('diffusion_models', 'x.safetensors')).toBe(first)
    expect(await models.resolve('diffusion_models', 'old.safetensors')).toBe(old)
  })

  it('has the bundled files first, by the names that they are chosen by', async () => {
    const file = await put('123', 'bundle', 'flux-emoji.safetensors')
    await put('', 'home', 'diffusion_models', 'emoji')
    await put('', 'home', 'diffusion_models', 'a.safetensors')
    const models = modelFolders([at('home')], {
      folder: at('bundle'),
      files: { diffusion_models: { emoji: 'flux-emoji.safetensors', gone: 'gone.safetensors' } },
    })
    expect(await namesIn(models, 'diffusion_models')).toEqual(['emoji', 'a.safetensors'])
    expect(await models.resolve('diffusion_models', 'emoji')).toBe(file)
  })

  it('follows links to files and folders, and survives a folder that holds itself and a link to nowhere', async () => {
    const real = await put('12', 'elsewhere', 'big.safetensors')
    await mkdir(at('home', 'loras'), { recursive: true })
    await symlink(real, at('home', 'loras', 'link.safetensors'))
    await symlink(at('elsewhere'), at('home', 'loras', 'disk'))
    await symlink(at('home', 'loras'), at('home', 'loras', 'self'))
    await symlink(at('nowhere'), at('home', 'loras', 'dead.safetensors'))
    const names = await namesIn(modelFolders([at('home')], NOTHING), 'loras')
    expect(names).toEqual(expect.arrayContaining(['disk/big.safetensors', 'link.safetensors']))
    expect(names).not.toContain('dead.safetensors')
    expect(names.length).toBeLessThan(20)
  })

  it('has nothing where there is no folder', async () => {
    expect(await modelFolders([at('missing')], NOTHING).list('vae')).toEqual([])
  })

  it('says where to put files when there are none, and what there is when the name is another', async () => {
    const models = modelFolders([base], NOTHING)
    await expect(models.resolve('vae', 'ae.safetensors')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining(at('vae')) as string,
    })
    await put('', 'vae', 'other.safetensors')
    await expect(models.resolve('vae', 'ae.safetensors')).rejects.toThrow(/it has other\.safetensors/)
  })

  it('gives no file outside the folder, though it is there', async () => {
    await put('', 'secret.safetensors')
    await put('', 'vae', 'ae.safetensors')
    const models = modelFolders([base], NOTHING)
    for (const name of ['../secret.safetensors', at('secret.safetensors'), 'x/../../secret.safetensors'])
      await expect(models.resolve('vae', name)).rejects.toMatchObject({ code: 'PATH_OUTSIDE' })
    await expect(models.list('..')).rejects.toMatchObject({ code: 'PATH_OUTSIDE' })
  })
})
