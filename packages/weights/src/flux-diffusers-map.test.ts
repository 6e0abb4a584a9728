import { describe, expect, it } from 'vitest'
import { fluxDiffusersMap, type FluxModule, fluxParams, partRows } from './flux-diffusers-map.ts'
import { openSafetensors } from './open-safetensors.ts'
import { fixturePath } from './test-support.ts'
import type { WeightFile } from './weight-file.ts'

const HIDDEN = 64
const MAP = fluxDiffusersMap(3, 4)

/** A BFL tensor put together from diffusers' tensors; the keys used are ticked off. */
async function assemble(
  module: FluxModule,
  param: { readonly bfl: string; readonly diffusers: string },
  files: { readonly bfl: WeightFile; readonly diffusers: WeightFile; readonly used: Set<string> },
): Promise<Uint8Array | undefined> {
  const target = files.bfl.tensors.get(`${module.bfl}.${param.bfl}`)
  if (target === undefined) return undefined
  const rowBytes = target.byteLength / (target.shape[0] ?? 1)
  const bytes = new Uint8Array(target.byteLength).fill(0xee)
  for (const part of module.parts) {
    const key = `${part.diffusers}.${param.diffusers}`
    files.used.add(key)
    const { rowOffset, rows } = partRows(part, target.shape[0] ?? 0, HIDDEN)
    const source = await files.diffusers.readBytes(key)
    expect([key, source.length]).toEqual([key, rows * rowBytes])
    const half = module.swapHalves ? source.length / 2 : 0
    bytes.set(source.subarray(half), rowOffset * rowBytes)
    bytes.set(source.subarray(0, half), rowOffset * rowBytes + source.length - half)
  }
  return bytes
}

describe('fluxDiffusersMap', () => {
  it('turns the diffusers file of flux-dev into the original one, byte for byte, with nothing left', async () => {
    await using bfl = await openSafetensors(fixturePath('flux-dev/weights.safetensors'))
    await using diffusers = await openSafetensors(fixturePath('flux-dev/weights.diffusers.safetensors'))
    const used = new Set<string>()
    const made = new Set<string>()
    const different: string[] = []
    for (const module of MAP) {
      for (const param of fluxParams(module.kind)) {
        const bytes = await assemble(module, param, { bfl, diffusers, used })
        if (bytes === undefined) continue
        const key = `${module.bfl}.${param.bfl}`
        made.add(key)
        if (Buffer.compare(bytes, await bfl.readBytes(key)) !== 0) different.push(key)
      }
    }
    expect(different).toEqual([])
    expect([...made].sort()).toEqual([...bfl.tensors.keys()].sort())
    expect([...used].sort()).toEqual([...diffusers.tensors.keys()].sort())
  })

  it('covers every module of a file without guidance, the rest being optional', async () => {
    await using bfl = await openSafetensors(fixturePath('flux-schnell/weights.safetensors'))
    const moduleOf = (key: string): string => key.slice(0, key.lastIndexOf('.'))
    const inFile = new Set([...bfl.tensors.keys()].map(moduleOf))
    const required = MAP.filter((module) => module.optional !== true)
    expect([...inFile].sort()).toEqual(required.map((module) => module.bfl).sort())
  })

  it('names each module once in both layouts', () => {
    const map = fluxDiffusersMap(19, 38)
    expect(map.length).toBe(2 + 6 + 19 * 14 + 38 * 5 + 2)
    expect(new Set(map.map((module) => module.bfl)).size).toBe(map.length)
    const parts = map.flatMap((module) => module.parts.map((part) => part.diffusers))
    expect(new Set(parts).size).toBe(parts.length)
  })

  it('fills the rows of the published linear1 without gap', () => {
    const linear1 = MAP.find((module) => module.bfl === 'single_blocks.0.linear1')
    expect(linear1?.parts.map((part) => partRows(part, 21_504, 3_072))).toEqual([
      { rowOffset: 0, rows: 3_072 },
      { rowOffset: 3_072, rows: 3_072 },
      { rowOffset: 6_144, rows: 3_072 },
      { rowOffset: 9_216, rows: 12_288 },
    ])
  })
})
