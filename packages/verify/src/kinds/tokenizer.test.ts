import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { CaseReader } from '../check.ts'
import { fixtureFolder } from '../testing/run-check.ts'
import { checkTokenizer, coversTokenizer } from './tokenizer.ts'

/** The case as it is on disk, with `strings.json` changed. It holds no tensors. */
async function openStrings(
  change: (strings: unknown) => unknown = (strings) => strings,
): Promise<CaseReader> {
  const folder = fixtureFolder('tokenizers')
  const readJson = async (file: string): Promise<unknown> => {
    const json: unknown = JSON.parse(await readFile(path.join(folder, file), 'utf8'))
    return file === 'strings.json' ? change(json) : json
  }
  const tensor = (name: string): Promise<never> => Promise.reject(new Error(`no tensor ${name}`))
  return { folder, json: await readJson('case.json'), readJson, tensorNames: [], tensor }
}

test('both tokenizers give the ids of all 200 strings', async () => {
  const c = await openStrings()
  expect(coversTokenizer(c.json)).toBe(true)
  expect(await checkTokenizer(c)).toEqual(
    ['t5', 'clip'].map((name) => ({
      name: `${name}.tokenizer.json`,
      worst: 0,
      tolerance: 0,
      ok: true,
      note: 'strings with wrong ids, of 200',
    })),
  )
})

test('one wrong id fails, and the string is named', async () => {
  const c = await openStrings((strings) =>
    Array.isArray(strings) ? [{ text: 'a fox', t5: [1], clip: [0, 1] }, ...strings] : strings,
  )
  for (const check of await checkTokenizer(c)) {
    expect(check).toMatchObject({ worst: 1, ok: false, note: expect.stringContaining('"a fox"') })
  }
})

test('a tokenizer without strings fails', async () => {
  const c = await openStrings(() => [{ text: 'a', t5: [1] }])
  const [, clip] = await checkTokenizer(c)
  expect(clip).toMatchObject({ ok: false, note: 'strings.json has no ids for it' })
})
