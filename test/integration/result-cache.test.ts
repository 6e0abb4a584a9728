/** Results that outlive the process, as a user of `run` meets them. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dicache } from './terminal.ts'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

let folder: TemporaryFolder
let workflow: string
beforeAll(async () => {
  folder = await temporaryFolder()
  workflow = folder.at('small.json')
  await writeFile(
    workflow,
    JSON.stringify({
      1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 255 } },
      2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
      3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'small' } },
    }),
  )
})
afterAll(() => folder[Symbol.asyncDispose]())

type Summary = {
  readonly status: string
  readonly cached: number
  readonly files: readonly { readonly path: string }[]
  readonly nodes: readonly { readonly nodeId: string; readonly status: string }[]
}
async function run(...words: readonly string[]): Promise<Summary & { readonly executed: readonly string[] }> {
  const { stdout, code } = await dicache(['run', workflow, '--home', folder.at('home'), '--json', ...words])
  expect(code, stdout).toBe(0)
  const summary = JSON.parse(stdout) as Summary
  return {
    ...summary,
    executed: summary.nodes.filter(({ status }) => status === 'executed').map(({ nodeId }) => nodeId),
  }
}

it('a second process takes what has not changed from disk, and writes again only what is gone', async () => {
  const first = await run()
  expect(first).toMatchObject({ cached: 0, executed: ['1', '2', '3'] })
  const again = await run()
  expect(again).toMatchObject({ cached: 3, executed: [], files: first.files })
  const [{ path: picture } = { path: '' }] = first.files
  const bytes = await readFile(picture)
  await rm(picture)
  expect(await run()).toMatchObject({ cached: 2, executed: ['3'], files: [{ path: picture }] })
  expect(await readFile(picture)).toEqual(bytes)
  expect(await run('--out', folder.at('elsewhere'))).toMatchObject({
    executed: ['3'],
    files: [{ path: folder.at('elsewhere', 'small_00001_.png') }],
  })
  expect(await run('--set', '3.filename_prefix=other')).toMatchObject({ cached: 2, executed: ['3'] })
  expect(await run('--set', '1.color=1')).toMatchObject({ cached: 0, executed: ['1', '2', '3'] })
})

it('--no-cache and --disk-cache 0 take nothing and keep nothing; a damaged file is computed again', async () => {
  const fresh = ['--home', folder.at('fresh')]
  for (const words of [['--no-cache'], ['--cache', 'none'], ['--disk-cache', '0']]) {
    expect(await run(...words)).toMatchObject({ cached: 0, executed: ['1', '2', '3'] })
    expect(await run(...words, ...fresh)).toMatchObject({ executed: ['1', '2', '3'] })
  }
  expect(await readdir(folder.at('fresh'))).toEqual(['output'])
  await run(...fresh)
  const results = folder.at('fresh', 'cache', 'results')
  for (const name of await readdir(results, { recursive: true }))
    if (name.length > 3) await writeFile(`${results}/${name}`, 'damaged')
  expect(await run(...fresh)).toMatchObject({ status: 'finished', executed: ['1', '2', '3'] })
})

it.each([
  [['--cache', 'everything'], 'there is no cache policy "everything"'],
  [['--cache', 'lru:0'], 'lru:COUNT'],
  [['--cache', 'bytes:many'], '"many" is no size'],
  [['--disk-cache', '-1'], 'disk-cache'],
  [['--disk-cache', 'big'], '"big" is no size'],
  [['--no-cache', '--disk-cache', '1GiB'], 'leave out'],
  [['--on-failure', 'retry'], 'continue or stop'],
])('%j is refused with advice', async (words, advice) => {
  const { code, stderr } = await dicache(['run', workflow, '--home', folder.at('home'), ...words])
  expect(stderr).toContain(advice)
  expect(code).toBe(2)
})
