import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectShape, keysMissing, prefixed, requireKeys } from './key-view.ts'
import { openWeights } from './open-weights.ts'
import { errorOf } from './test-support.ts'
import type { WeightFile } from './weight-file.ts'
import { type TensorBytes, writeSafetensors } from './write-safetensors.ts'

const half = (value: number): TensorBytes => ({ dtype: 'F16', shape: [1, 1], bytes: Uint8Array.of(0, value) })

let temporary: Awaited<ReturnType<typeof mkdtempDisposable>>
let file: WeightFile
beforeAll(async () => {
  temporary = await mkdtempDisposable(join(tmpdir(), 'weights-'))
  const path = join(temporary.path, 'checkpoint.safetensors')
  await writeSafetensors(path, {
    'model.diffusion_model.img_in.weight': half(0x3c),
    'vae.decoder.conv_in.weight': half(0x40),
    'text_encoders.t5xxl.shared.weight': half(0x44),
  })
  file = await openWeights(path)
})
afterAll(async () => {
  await file.close()
  await temporary.remove()
})

describe('prefixed', () => {
  it('shows the tensors under a prefix, and reads them', async () => {
    const view = prefixed(file, 'model.diffusion_model.')
    expect(view.prefix).toBe('model.diffusion_model.')
    expect([...view.tensors.keys()]).toEqual(['img_in.weight'])
    expect(view.tensors.get('img_in.weight')?.name).toBe('model.diffusion_model.img_in.weight')
    expect((await view.readFloat32('img_in.weight')).data[0]).toBe(1)
    expect((await view.readTensor('img_in.weight')).dtype).toBe('float16')
    expect([...(await view.readBytes('img_in.weight'))]).toEqual([0, 0x3c])
  })

  it('takes the first prefix that is there, and views of views', async () => {
    const view = prefixed(file, 'first_stage_model.', 'vae.')
    expect(view.prefix).toBe('vae.')
    const inner = prefixed(prefixed(file, 'text_encoders.'), 't5xxl.')
    expect((await inner.readFloat32('shared.weight')).data[0]).toBe(4)
  })

  it('shows all where no key has the prefix', () => {
    const view = prefixed(file, 'diffusion_model.')
    expect(view.prefix).toBe('')
    expect([...view.tensors]).toEqual([...file.tensors])
  })
})

describe('checks of keys', () => {
  it('lists and requires keys', async () => {
    const view = prefixed(file, 'vae.')
    expect(keysMissing(view, ['x', 'decoder.conv_in.weight', 'y'])).toEqual(['x', 'y'])
    expect(() => requireKeys(view, ['decoder.conv_in.weight'])).not.toThrow()
    const error = await errorOf(() => requireKeys(view, ['x', 'decoder.conv_in.weight', 'y']))
    expect(error).toMatchObject({ code: 'MISSING_KEYS', keys: ['x', 'y'], path: file.path })
    expect(error.message).toContain('"x", "y"')
    const many = Array.from({ length: 1_000 }, (_, index) => `k${index}`)
    const long = await errorOf(() => requireKeys(view, many))
    expect(long.keys).toEqual(many)
    expect(long.message).toContain('and 980 more')
  })

  it('expects shapes', async () => {
    const view = prefixed(file, 'vae.')
    expect(expectShape(view, 'decoder.conv_in.weight', [1, 1]).dtype).toBe('F16')
    for (const shape of [[1], [1, 2], [1, 1, 1], []]) {
      const error = await errorOf(() => expectShape(view, 'decoder.conv_in.weight', shape))
      expect(error).toMatchObject({ code: 'WRONG_SHAPE', key: 'vae.decoder.conv_in.weight' })
    }
    expect(await errorOf(() => expectShape(view, 'z', []))).toMatchObject({ code: 'MISSING_KEYS', key: 'z' })
  })
})
