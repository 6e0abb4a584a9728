import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSafetensors } from './open-safetensors.ts'
import { errorOf } from './test-support.ts'
import { encodeSafetensors, type TensorBytes, writeSafetensors } from './write-safetensors.ts'

const TENSORS: Readonly<Record<string, TensorBytes>> = {
  odd: { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) },
  '10': { dtype: 'F32', shape: [], bytes: Uint8Array.of(0, 0, 128, 63) },
  'é"': { dtype: 'F64', shape: [0, 2], bytes: new Uint8Array() },
  '9': { dtype: 'F32', shape: [1, 1], bytes: Uint8Array.of(0, 0, 0, 64) },
}

it('writes what it reads, aligned, with nothing left beside the file', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'weights-'))
  const path = join(folder.path, 'x.safetensors')
  await writeSafetensors(path, TENSORS, { b: '2', a: '1' })
  expect(await readdir(folder.path)).toEqual(['x.safetensors'])
  await using file = await openSafetensors(path)
  expect(file.metadata).toEqual({ a: '1', b: '2' })
  expect([...file.tensors.keys()]).toEqual(['é"', '10', '9', 'odd'])
  for (const [name, { dtype, shape, bytes }] of Object.entries(TENSORS)) {
    expect(file.tensors.get(name)).toMatchObject({ dtype, shape })
    expect(await file.readBytes(name)).toEqual(bytes)
  }
  expect((file.tensors.get('é"')?.byteOffset ?? 1) % 8).toBe(0)
})

it('gives the same bytes whatever the order of its input', () => {
  const turned = Object.fromEntries(Object.entries(TENSORS).reverse())
  const one = encodeSafetensors('x', TENSORS, { a: '1', b: '2' })
  expect(encodeSafetensors('x', turned, { b: '2', a: '1' })).toEqual(one)
})

it('leaves an older file alone when the tensors are wrong', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'weights-'))
  const path = join(folder.path, 'x.safetensors')
  await writeSafetensors(path, TENSORS)
  const before = await readFile(path)
  const wrong: TensorBytes = { dtype: 'F32', shape: [2], bytes: new Uint8Array(4) }
  expect(await errorOf(() => writeSafetensors(path, { wrong }))).toMatchObject({
    code: 'WRONG_SHAPE',
    key: 'wrong',
  })
  expect((await errorOf(() => writeSafetensors(path, { __metadata__: wrong }))).code).toBe('BAD_HEADER')
  expect(await readFile(path)).toEqual(before)
})
