import { glob, mkdir, mkdtempDisposable, realpath, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WeightsErrorCode } from './errors.ts'
import { openSafetensors } from './open-safetensors.ts'
import { errorOf, fixturePath, rawFile } from './test-support.ts'

const SMALL =
  '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"i":{"dtype":"I64","shape":[1],"data_offsets":[8,16]},' +
  '"d":{"dtype":"F64","shape":[],"data_offsets":[16,24]}}'

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  return await mkdtempDisposable(join(await realpath(tmpdir()), 'weights-'))
}

describe('openSafetensors', () => {
  it('opens every fixture', async () => {
    const paths = await Array.fromAsync(glob(fixturePath('*/*.safetensors')))
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      await using file = await openSafetensors(path)
      expect([path, file.tensors.size > 0]).toEqual([path, true])
    }
  })

  it('knows where every tensor of a fixture lies', async () => {
    const path = fixturePath('flux-dev/weights.safetensors')
    await using file = await openSafetensors(path)
    expect(file.path).toBe(path)
    expect(join(file.folder, 'weights.safetensors')).toBe(await realpath(path))
    expect(file.metadata).toEqual({ format: 'pt' })
    const entry = file.tensors.get('double_blocks.0.img_attn.qkv.weight')
    expect(entry).toMatchObject({
      dtype: 'F32',
      shape: [192, 64],
      byteLength: 49_152,
      file: 'weights.safetensors',
    })
    const bytes = await file.readBytes('double_blocks.0.img_attn.qkv.weight')
    const { data } = await file.readFloat32('double_blocks.0.img_attn.qkv.weight')
    expect(new Uint8Array(data.buffer)).toEqual(bytes)
    expect(data.every(Number.isFinite)).toBe(true)
  })

  it('reads integers and refuses what loses or is missing', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'x.safetensors')
    await writeFile(path, rawFile(SMALL, 24))
    await using file = await openSafetensors(path)
    expect(await file.readTensor('i')).toEqual({ dtype: 'int64', shape: [1], data: new BigInt64Array(1) })
    expect(await file.readFloat32('d')).toEqual({ dtype: 'float32', shape: [], data: new Float32Array(1) })
    expect(await errorOf(() => file.readFloat32('i'))).toMatchObject({ code: 'WRONG_DTYPE', key: 'i' })
    expect(await errorOf(() => file.readTensor('d'))).toMatchObject({ code: 'WRONG_DTYPE', key: 'd' })
    expect(await errorOf(() => file.readBytes('z'))).toMatchObject({ code: 'MISSING_KEYS', key: 'z', path })
  })

  it('names the real folder and file behind a symbolic link', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'blobs'))
    await writeFile(join(folder.path, 'blobs', 'abc'), rawFile(SMALL, 24))
    const link = join(folder.path, 'model.safetensors')
    await symlink(join(folder.path, 'blobs', 'abc'), link)
    await using file = await openSafetensors(link)
    expect(file.path).toBe(link)
    expect(file.folder).toBe(join(folder.path, 'blobs'))
    expect(file.tensors.get('a')?.file).toBe('abc')
  })

  it('reads a header longer than its first read', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'x.safetensors')
    await writeFile(path, rawFile(SMALL + ' '.repeat(5_000), 24))
    await using file = await openSafetensors(path)
    expect(file.tensors.size).toBe(3)
  })

  it('takes a header of 640 bytes, whose length looks like a pickle', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'x.safetensors')
    await writeFile(path, rawFile(SMALL.padEnd(640), 24))
    await using file = await openSafetensors(path)
    expect(file.tensors.size).toBe(3)
  })

  it('fails reads of a file that became shorter or was closed', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'x.safetensors')
    await writeFile(path, rawFile(SMALL, 24))
    const file = await openSafetensors(path)
    await truncate(path, 8 + SMALL.length + 12)
    expect((await file.readBytes('a')).length).toBe(8)
    expect((await errorOf(() => file.readBytes('i'))).code).toBe('TRUNCATED_FILE')
    await file.close()
    await file.close()
    expect((await errorOf(() => file.readBytes('a'))).code).toBe('NOT_READABLE')
  })

  it('stops when aborted, with the reason given', async () => {
    const reason = new Error('enough')
    const path = fixturePath('flux-dev/weights.safetensors')
    await expect(openSafetensors(path, AbortSignal.abort(reason))).rejects.toBe(reason)
    await using file = await openSafetensors(path)
    await expect(file.readFloat32('img_in.bias', AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})

const LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 23802932552\n'
const PICKLE = Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20)
const ZIP = Uint8Array.from('PK\u0003\u0004\u0000\u0000\u0008\u0008\u0000\u0000archive/data.pkl', (c) =>
  c.charCodeAt(0),
)

describe('openSafetensors, other files', () => {
  it.each<[string, WeightsErrorCode, string | Uint8Array, RegExp]>([
    ['model.safetensors', 'PICKLE_FILE', PICKLE, /convert/],
    ['model.pt', 'PICKLE_FILE', ZIP, /runs code/],
    ['model.CKPT', 'PICKLE_FILE', '(dp0\nS"a"\n', /convert/],
    ['model.gguf', 'GGUF_FILE', 'GGUF\u0003\u0000\u0000\u0000 and more', /not supported yet/],
    ['pointer.safetensors', 'LFS_POINTER', LFS, /git lfs pull/],
    ['page.safetensors', 'NOT_SAFETENSORS', '\n<!DOCTYPE html><html>', /web page/],
    ['page2.safetensors', 'NOT_SAFETENSORS', '\ufeff<html>', /web page/],
    ['config.json', 'NOT_SAFETENSORS', '{\n  "architectures": []\n}', /JSON/],
    ['empty.safetensors', 'TRUNCATED_FILE', '', /0 bytes/],
    ['empty.ckpt', 'TRUNCATED_FILE', '', /0 bytes/],
    ['short.safetensors', 'TRUNCATED_FILE', 'abc', /3 bytes/],
    ['text.safetensors', 'HEADER_TOO_LARGE', 'just some words of text', /no safetensors file/],
    ['cut.safetensors', 'TRUNCATED_FILE', rawFile(SMALL).subarray(0, 40), /Download it again/],
    ['cut2.safetensors', 'TRUNCATED_FILE', rawFile(SMALL, 23), /Download it again/],
    ['more.safetensors', 'BAD_OFFSETS', rawFile(SMALL, 25), /belong to none/],
  ])('refuses %s as %s', async (name, code, content, advice) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, name)
    await writeFile(path, content)
    const error = await errorOf(() => openSafetensors(path))
    expect(error.code).toBe(code)
    expect(error.path).toBe(path)
    expect(error.message).toMatch(advice)
  })

  it('refuses what is no file', async () => {
    const path = fixturePath('flux-dev/weights.safetensors')
    expect((await errorOf(() => openSafetensors(dirname(path)))).code).toBe('NOT_READABLE')
    expect((await errorOf(() => openSafetensors(`${path}.not`))).code).toBe('FILE_NOT_FOUND')
    expect((await errorOf(() => openSafetensors(join(path, basename(path))))).code).toBe('FILE_NOT_FOUND')
    expect((await errorOf(() => openSafetensors('with\u0000nul'))).code).toBe('NOT_READABLE')
  })
})
