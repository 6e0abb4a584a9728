import { copyFile, mkdir, mkdtempDisposable, realpath, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { WeightsErrorCode } from './errors.ts'
import { openWeights } from './open-weights.ts'
import { errorOf, fixturePath } from './test-support.ts'
import { type TensorBytes, writeSafetensors } from './write-safetensors.ts'

const INDEX = 'model.safetensors.index.json'
const byte = (value: number): TensorBytes => ({ dtype: 'U8', shape: [1], bytes: Uint8Array.of(value) })

let folder = ''
beforeEach(async () => {
  const temporary = await mkdtempDisposable(join(await realpath(tmpdir()), 'weights-'))
  folder = temporary.path
  onTestFinished(() => temporary.remove())
})

/** Two shards, three tensors that the index names and one that it does not. */
async function writeShards(): Promise<void> {
  await writeSafetensors(join(folder, 's1.safetensors'), { a: byte(1), b: byte(2) }, { format: 'pt' })
  await writeSafetensors(join(folder, 's2.safetensors'), { c: byte(3), stray: byte(4) })
}

async function writeIndex(content: unknown): Promise<string> {
  const path = join(folder, INDEX)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const WEIGHT_MAP = { c: 's2.safetensors', a: 's1.safetensors', b: 's1.safetensors' }

describe('openWeights', () => {
  it('opens one file, and the folder that holds only it', async () => {
    await copyFile(fixturePath('flux-schnell/weights.bf16.safetensors'), join(folder, 'x.safetensors'))
    await writeFile(join(folder, 'config.json'), '{}')
    await using direct = await openWeights(join(folder, 'x.safetensors'))
    await using inFolder = await openWeights(folder)
    expect([...inFolder.tensors]).toEqual([...direct.tensors])
    expect(direct.tensors.size).toBe(120)
  })

  it('shows shards as one file, by index or by folder', async () => {
    await writeShards()
    const index = await writeIndex({ metadata: { total_size: 3.5 }, weight_map: WEIGHT_MAP })
    for (const path of [index, folder]) {
      await using file = await openWeights(path)
      expect(file.folder).toBe(folder)
      expect(file.metadata).toEqual({ format: 'pt' })
      expect([...file.tensors.keys()]).toEqual(['c', 'a', 'b'])
      expect(file.tensors.get('c')?.file).toBe('s2.safetensors')
      const values = await Promise.all(['a', 'b', 'c'].map((name) => file.readBytes(name)))
      expect(values.map((bytes) => bytes[0])).toEqual([1, 2, 3])
      expect((await errorOf(() => file.readBytes('stray'))).code).toBe('MISSING_KEYS')
    }
  })

  it('follows links of shards into one folder, not into several', async () => {
    for (const name of ['blobs', 'elsewhere']) await mkdir(join(folder, name))
    await writeSafetensors(join(folder, 'blobs', 'x1'), { a: byte(1), b: byte(2) })
    await writeSafetensors(join(folder, 'blobs', 'x2'), { c: byte(3) })
    await writeSafetensors(join(folder, 'elsewhere', 'x2'), { c: byte(3) })
    const index = await writeIndex({ weight_map: WEIGHT_MAP })
    await symlink(join(folder, 'blobs', 'x1'), join(folder, 's1.safetensors'))
    await symlink(join(folder, 'blobs', 'x2'), join(folder, 's2.safetensors'))
    {
      await using file = await openWeights(index)
      expect(file.folder).toBe(join(folder, 'blobs'))
      expect((await file.readBytes('c'))[0]).toBe(3)
    }
    const other = join(folder, 'other.index.json')
    await writeFile(other, JSON.stringify({ weight_map: { a: 's1.safetensors', c: 's3.safetensors' } }))
    await symlink(join(folder, 'elsewhere', 'x2'), join(folder, 's3.safetensors'))
    expect(await errorOf(() => openWeights(other))).toMatchObject({ code: 'BAD_INDEX' })
  })

  it('closes every shard', async () => {
    await writeShards()
    const file = await openWeights(await writeIndex({ weight_map: WEIGHT_MAP }))
    await file.close()
    expect((await errorOf(() => file.readBytes('c'))).code).toBe('NOT_READABLE')
  })

  it('names a missing shard', async () => {
    await writeShards()
    const index = await writeIndex({ weight_map: { ...WEIGHT_MAP, d: 's3.safetensors' } })
    const error = await errorOf(() => openWeights(index))
    expect(error).toMatchObject({ code: 'MISSING_SHARD', path: index })
    expect(error.message).toContain('s3.safetensors')
  })

  it('names a key that its shard lacks', async () => {
    await writeShards()
    const index = await writeIndex({ weight_map: { ...WEIGHT_MAP, d: 's2.safetensors' } })
    expect(await errorOf(() => openWeights(index))).toMatchObject({
      code: 'MISSING_KEYS',
      key: 'd',
      keys: ['d'],
    })
  })

  it.each([
    '../s1.safetensors',
    '/etc/s1.safetensors',
    'sub/s1.safetensors',
    '..',
    '.',
    '',
    '..\\s1',
    'C:s1',
    's\u0000',
  ])('refuses the shard name %j', async (shard) => {
    await writeShards()
    const index = await writeIndex({ weight_map: { a: shard } })
    expect(await errorOf(() => openWeights(index))).toMatchObject({ code: 'BAD_SHARD_NAME', key: 'a' })
  })

  it.each<[string, unknown]>([
    ['no JSON', 'nonsense'],
    ['no map', { metadata: {} }],
    ['an empty map', { weight_map: {} }],
    ['numbers for shards', { weight_map: { a: 1 } }],
    ['a list', []],
    ['a key twice', '{"weight_map":{"a":"s1.safetensors","a":"s2.safetensors"}}'],
  ])('refuses an index with %s', async (_, content) => {
    await writeShards()
    const index = await writeIndex(content)
    expect((await errorOf(() => openWeights(index))).code).toBe('BAD_INDEX')
  })

  it('reports a damaged shard as the shard’s', async () => {
    await writeShards()
    await writeFile(join(folder, 's2.safetensors'), 'abc')
    const error = await errorOf(async () => openWeights(await writeIndex({ weight_map: WEIGHT_MAP })))
    expect(error).toMatchObject({ code: 'TRUNCATED_FILE', path: join(folder, 's2.safetensors') })
  })

  it.each<[string, WeightsErrorCode, readonly string[]]>([
    ['several files', 'AMBIGUOUS_FOLDER', ['a.safetensors', 'b.safetensors']],
    ['several indexes', 'AMBIGUOUS_FOLDER', ['a.safetensors.index.json', 'b.safetensors.index.json']],
    ['pickles', 'PICKLE_FILE', ['pytorch_model.bin', 'config.json']],
    ['no weights', 'FILE_NOT_FOUND', ['config.json']],
  ])('refuses a folder with %s as %s', async (_, code, names) => {
    for (const name of names) await writeFile(join(folder, name), '')
    const error = await errorOf(() => openWeights(folder))
    expect(error).toMatchObject({ code, path: folder })
    const shown = names.filter((name) => error.message.includes(name))
    expect(shown).toEqual(code === 'AMBIGUOUS_FOLDER' ? names : [])
  })

  it('refuses a path that is not there, and stops when aborted', async () => {
    expect((await errorOf(() => openWeights(join(folder, 'nothing')))).code).toBe('FILE_NOT_FOUND')
    const reason = new Error('enough')
    await expect(openWeights(folder, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
