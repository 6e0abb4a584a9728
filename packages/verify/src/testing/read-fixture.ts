/** Reads a case of test/golden/fixtures for this package's tests: case.json and the tensors beside it. */
import { readFile } from 'node:fs/promises'
import type { Tensor } from '@dicache/tensor'
import type { CaseReader, VerifyContext } from '../check.ts'

const fixtures = new URL('../../../../test/golden/fixtures/', import.meta.url)

/** A context for kinds that open no graph: using it fails. */
export const noGraphs: VerifyContext = {
  openGraph: () => Promise.reject(new Error('this kind of case opens no graph')),
}

/** Opens a case folder by name. */
export async function readFixture(name: string): Promise<CaseReader> {
  const folder = new URL(`${name}/`, fixtures)
  const readJson = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(new URL(file, folder), 'utf8')) as unknown
  const tensors = await readTensors(new URL('tensors.safetensors', folder))
  return {
    folder: folder.pathname,
    json: await readJson('case.json'),
    readJson,
    tensorNames: [...tensors.keys()],
    async tensor(tensorName) {
      const tensor = tensors.get(tensorName)
      if (tensor === undefined) throw new Error(`${name} has no tensor ${tensorName}`)
      return tensor
    },
  }
}

/** safetensors: header length as 8 bytes little-endian, JSON, data. The fixtures hold F32 and I32 only. */
async function readTensors(file: URL): Promise<ReadonlyMap<string, Tensor>> {
  const bytes = Uint8Array.from(await readFile(file)).buffer
  const start = 8 + Number(new DataView(bytes).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.slice(8, start))) as Record<
    string,
    {
      readonly dtype: string
      readonly shape: readonly number[]
      readonly data_offsets: readonly [number, number]
    }
  >
  const tensors = new Map<string, Tensor>()
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [from, to],
    },
  ] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const data = bytes.slice(start + from, start + to)
    if (dtype === 'F32') tensors.set(name, { dtype: 'float32', shape, data: new Float32Array(data) })
    else if (dtype === 'I32') tensors.set(name, { dtype: 'int32', shape, data: new Int32Array(data) })
    else throw new Error(`${name} is ${dtype}; this reader knows F32 and I32`)
  }
  return tensors
}
