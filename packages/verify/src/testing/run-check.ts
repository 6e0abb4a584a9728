/** Runs a kind's check on a case folder, to its end. */
import type { OpenGraph } from '@dicache/tensor'
import type { Check, CheckCase } from '../check.ts'
import { openCase } from '../open-case.ts'

const fixtures = new URL('../../../../test/golden/fixtures/', import.meta.url).pathname

/** The folder of a fixture. */
export function fixtureFolder(name: string): string {
  return fixtures + name
}

/** Every check of the case in a folder. */
export async function runCheck(
  folder: string,
  check: CheckCase,
  openGraph: OpenGraph,
): Promise<readonly Check[]> {
  const c = await openCase(folder)
  try {
    const found = check(c, { openGraph })
    return Symbol.asyncIterator in found ? await Array.fromAsync(found) : await found
  } finally {
    await c.close()
  }
}
