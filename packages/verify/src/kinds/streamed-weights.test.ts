import { fluxTransformer, type FluxTransformerOptions } from '@dicache/models'
import { createRuntime, type Runtime } from '@dicache/runtime'
import type { FloatTensor } from '@dicache/tensor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asFloat, compareNumbers } from '../check.ts'
import { record } from '../json.ts'
import { openCase } from '../open-case.ts'
import { fixtureFolder } from '../testing/run-check.ts'
import { openFluxCase } from './flux-case.ts'
import { runForward } from './forward.ts'

let runtime: Runtime

beforeAll(async () => {
  runtime = await createRuntime({ device: 'cpu' })
})
afterAll(() => runtime.dispose())

type Outputs = { readonly out: FloatTensor; readonly expected: FloatTensor; readonly tolerance: number }

async function outputsOf(
  stored: string,
  weights: FluxTransformerOptions['weights'],
  depth: number,
): Promise<Outputs> {
  const c = await openCase(fixtureFolder('flux-schnell'))
  const suffix = stored === '' ? '' : `.${stored}`
  const model = await openFluxCase(c, `weights${suffix}.safetensors`)
  try {
    const options = { fileKey: `flux-schnell ${stored}`, compute: 'float32', weights } as const
    const { pack, unpack } = model.transformer
    const transformer = { ...fluxTransformer(model.file, model.config, options), pack, unpack }
    const { out } = await runForward(c, runtime, { model: { ...model, transformer }, depth })
    const name = `out${suffix}`
    const atol = record(record(record(c.json)['tolerance'])['atol'])
    return { out, expected: asFloat(name, await c.tensor(name)), tolerance: Number(atol[name]) }
  } finally {
    await model.file.close()
    await c.close()
  }
}

test.each(['', 'bf16', 'fp16', 'fp8_e4m3fn'])(
  'streamed %s weights match the reference, and resident ones',
  async (stored) => {
    for (const depth of [1, 7]) {
      const { out, expected, tolerance } = await outputsOf(stored, 'streamed', depth)
      expect(compareNumbers('out', out, expected, tolerance)).toMatchObject({ ok: true })
      const resident = await outputsOf(stored, 'resident', depth)
      expect(compareNumbers('out', out, resident.out, 1e-5)).toMatchObject({ ok: true })
    }
  },
)
