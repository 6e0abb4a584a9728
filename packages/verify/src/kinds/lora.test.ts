import { copyFile, mkdir, mkdtempDisposable, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRuntime, type Runtime } from '@dicache/runtime'
import { openWeights, type TensorBytes, writeSafetensors } from '@dicache/weights'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixtureFolder, runCheck } from '../testing/run-check.ts'
import { checkLora } from './lora.ts'

/** The fixture's hidden size. */
const C = 64
let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

test('both namings match the merged reference, and no LoRA matches the plain one', async () => {
  const checks = await runCheck(fixtureFolder('flux-dev-lora'), checkLora, runtime.openGraph)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
  expect(checks.map(({ name }) => name)).toEqual([
    'out.none (probe of 0)',
    'out.none (probe of 1)',
    'out.none (probe of 7)',
    'out.kohya keys',
    'out.kohya (probe of 0)',
    'out.kohya (probe of 1)',
    'out.kohya (probe of 7)',
    'out.diffusers keys',
    'out.diffusers (probe of 0)',
    'out.diffusers (probe of 1)',
    'out.diffusers (probe of 7)',
  ])
})

type Tensors = Record<string, TensorBytes>

/** Failed checks of the case after one of its LoRA files was changed. */
async function failuresOf(fileName: string, change: (tensors: Tensors) => void): Promise<readonly string[]> {
  await using root = await mkdtempDisposable(path.join(tmpdir(), 'lora-'))
  const folder = path.join(root.path, 'flux-dev-lora')
  await mkdir(folder)
  await symlink(fixtureFolder('flux-dev'), path.join(root.path, 'flux-dev'))
  for (const file of [
    'case.json',
    'tensors.safetensors',
    'lora.kohya.safetensors',
    'lora.diffusers.safetensors',
  ]) {
    await copyFile(path.join(fixtureFolder('flux-dev-lora'), file), path.join(folder, file))
  }
  const tensors: Tensors = {}
  await using file = await openWeights(path.join(fixtureFolder('flux-dev-lora'), fileName))
  for (const { name, dtype, shape } of file.tensors.values()) {
    tensors[name] = { dtype, shape, bytes: await file.readBytes(name) }
  }
  change(tensors)
  await writeSafetensors(path.join(folder, fileName), tensors)
  const checks = await runCheck(folder, checkLora, runtime.openGraph)
  return checks.filter(({ ok }) => !ok).map(({ name }) => name)
}

function without(tensors: Tensors, part: string): void {
  const names = Object.keys(tensors).filter((name) => name.includes(part))
  if (names.length === 0) throw new Error(`nothing is called ${part}`)
  for (const name of names) Reflect.deleteProperty(tensors, name)
}

/** Makes a tensor hold another one's bytes. */
function become(tensors: Tensors, name: string, bytes: (old: TensorBytes) => Uint8Array): void {
  const old = tensors[name]
  if (old === undefined) throw new Error(`nothing is called ${name}`)
  tensors[name] = { ...old, bytes: bytes(old) }
}

describe('a mistake does not pass', () => {
  const kohya = ['out.kohya (probe of 0)', 'out.kohya (probe of 1)', 'out.kohya (probe of 7)']
  const diffusers = kohya.map((name) => name.replace('kohya', 'diffusers'))

  test.each<[string, string, (tensors: Tensors) => void, readonly string[]]>([
    ['no change', 'lora.kohya.safetensors', () => undefined, []],
    [
      'another alpha',
      'lora.kohya.safetensors',
      (t) =>
        become(
          t,
          'lora_unet_double_blocks_1_img_mlp_0.alpha',
          () => new Uint8Array(Float32Array.of(4).buffer),
        ),
      kohya,
    ],
    [
      'alpha left out',
      'lora.kohya.safetensors',
      (t) => without(t, 'double_blocks_0_img_attn_qkv.alpha'),
      kohya,
    ],
    [
      'a module left out',
      'lora.kohya.safetensors',
      (t) => without(t, 'single_blocks_1_modulation_lin'),
      kohya,
    ],
    [
      'one part of a fused layer left out',
      'lora.diffusers.safetensors',
      (t) => without(t, 'transformer_blocks.0.attn.to_v.'),
      diffusers,
    ],
    [
      'rows of a fused layer in another order',
      'lora.kohya.safetensors',
      (t) =>
        become(t, 'lora_unet_single_blocks_0_linear1.lora_up.weight', ({ bytes, shape: [out = 1] }) => {
          const head = (bytes.length / out) * C
          return Uint8Array.from([...bytes.subarray(head), ...bytes.subarray(0, head)])
        }),
      kohya,
    ],
    [
      'a key that nothing is made of',
      'lora.diffusers.safetensors',
      (t) => {
        t['text_encoder.layer.lora_A.weight'] = { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }
      },
      ['out.diffusers keys'],
    ],
  ])('%s', async (_, file, change, failed) => {
    expect(await failuresOf(file, change)).toEqual(failed)
  })
})
