/** Fixtures of the reference implementations, for the tests of this pack. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openWeights } from '@dicache/weights'

/** The path of a file of a fixture, as `case/file`. */
export function goldenPath(name: string): string {
  return fileURLToPath(new URL(`../../../../test/golden/fixtures/${name}`, import.meta.url))
}

/** The numbers of one tensor of a fixture. */
export async function goldenNumbers(name: string, tensor: string): Promise<readonly number[]> {
  const file = await openWeights(goldenPath(`${name}/tensors.safetensors`))
  try {
    const { data } = await file.readTensor(tensor)
    return Array.from<number | bigint, number>(data, Number)
  } finally {
    await file.close()
  }
}

/** case.json of a fixture, untyped as JSON is. */
export async function goldenFacts(name: string): Promise<unknown> {
  return JSON.parse(await readFile(goldenPath(`${name}/case.json`), 'utf8')) as unknown
}
