import { floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import { defineNode, param, port } from '../index.ts'
import type { NodeDefinition } from '../index.ts'
import { nodeContract, runNode, testHost } from './index.ts'

const base = { type: 'Demo', version: 1, title: 'Demo', category: 'test', description: 'A node for tests.' }
const image = floatTensor([1, 1, 1, 3], Float32Array.of(0, 0.5, 1))

const good: NodeDefinition = defineNode({
  ...base,
  inputs: { image: port.image() },
  params: { gain: param.float({ default: 2, min: 0, max: 4 }), seed: param.seed() },
  outputs: { image: port.image() },
  run: async ({ inputs, params, report }) => {
    report.progress(0, 1)
    report.event('gain', { value: params.gain })
    return {
      image: floatTensor(
        inputs.image.shape,
        inputs.image.data.map((value) => value * params.gain),
      ),
    }
  },
})

it('accepts a good node, and runs it with its defaults', async () => {
  await expect(nodeContract(good, { inputs: { image } })).resolves.toBeUndefined()
  const { outputs, progress, events } = await runNode(good, { inputs: { image }, params: { gain: 1 } })
  expect(outputs).toEqual({ image })
  expect(progress).toEqual([[0, 1]])
  expect(events).toEqual([['gain', { value: 1 }]])
})

const bad = (run: NodeDefinition['run']): NodeDefinition => ({ ...good, run })

it.each([
  [
    'changes its inputs',
    bad(({ inputs }) => Promise.resolve({ image: (inputs['image'] as typeof image).data.fill(1) })),
  ],
  ['gives no output "image"', bad(() => Promise.resolve({}))],
  ['which it did not declare', bad(() => Promise.resolve({ image: 1, more: 2 }))],
  ['another result', bad(() => Promise.resolve({ image: Math.random() }))],
  ['although it was cancelled', bad(() => Promise.resolve({ image: 1 }))],
  [
    'goes on after it was cancelled',
    bad(({ report, signal }) => {
      signal.throwIfAborted()
      try {
        report.progress(1, 2)
      } catch {
        // swallowed on purpose
      }
      return Promise.resolve({ image: 1 })
    }),
  ],
  ['its description is empty', { ...good, manifest: { ...good.manifest, description: ' ' } }],
  [
    'the default of gain must be <= 1',
    {
      ...good,
      manifest: { ...good.manifest, params: [{ name: 'gain', kind: 'float', default: 2, max: 1, step: 1 }] },
    } satisfies NodeDefinition,
  ],
])('finds what is wrong: %s', async (reason, node) => {
  const own = floatTensor([3], Float32Array.of(0, 0.5, 1))
  await expect(nodeContract(node, { inputs: { image: own } })).rejects.toThrow(reason)
})

it('has a host that saves to memory, memoises resources and forgets failures', async () => {
  const host = testHost()
  const file = { bytes: Uint8Array.of(1), prefix: 'a', extension: 'png', kind: 'output' } as const
  expect(await host.outputs.save(file)).toEqual({ filename: 'a_00001_.png', subfolder: '', type: 'output' })
  expect(host.saved).toEqual([file])
  await expect(host.models.resolve('vae', 'x')).rejects.toThrow('models.resolve')
  await expect(host.resource('k', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await host.resource('k', () => Promise.resolve({ value: 1 }))).toBe(1)
  expect(await host.resource('k', () => Promise.resolve({ value: 2 }))).toBe(1)
})
