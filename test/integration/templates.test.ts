/** Every workflow of `workflows/`, which the editor offers as templates. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Host, openWorkflow, workflowInputs } from '@dicache/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testHome } from './run-graph.ts'

const WORKFLOWS = fileURLToPath(new URL('../../workflows/', import.meta.url))
const files = (await readdir(WORKFLOWS)).filter((file) => file.endsWith('.json'))
let home: string
let host: Host

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-templates-'))
  host = await testHome(home)
})

afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

const textOf = (file: string): Promise<string> => readFile(WORKFLOWS + file, 'utf8')

/** Those that draw with the bundled model; the others need files that are not here. */
const bundled = files.filter((file) => file.startsWith('emoji-'))

it('is more than one, and most run without a download', () => {
  expect(bundled.length).toBeGreaterThanOrEqual(5)
  expect(files).toContain('flux1-dev-dicache.json')
})

describe.each(files)('%s', (file) => {
  it('is valid, but for model files that may not be here', async () => {
    const { problems, workflow } = await openWorkflow(host, await textOf(file))
    expect(workflow?.format).toBe('ui')
    const others = problems.filter(({ code }) => code !== 'VALUE_NOT_IN_LIST')
    expect(others).toEqual([])
    const missing = problems.map(({ path: where }) => where)
    expect(missing.length > 0).toBe(!bundled.includes(file))
  })

  it('names inputs that exist, among them the prompt and the threshold', async () => {
    const { workflow } = await openWorkflow(host, await textOf(file))
    if (workflow === undefined) throw new Error('not a workflow')
    const { inputs, problems } = workflowInputs(host, workflow)
    expect(problems).toEqual([])
    expect(inputs.map(({ name }) => name)).toEqual(expect.arrayContaining(['prompt', 'threshold']))
  })
})

describe.each(bundled)('%s', (file) => {
  it('runs to its pictures', async () => {
    const { nodes } = JSON.parse(await textOf(file)) as { nodes: { id: number; type: string }[] }
    const settings = nodes
      .filter(({ type }) => ['DiCacheSampler', 'KSampler', 'BasicScheduler'].includes(type))
      .map(({ id }) => `${id}.steps=4`)
    expect(settings.length).toBeGreaterThan(0)
    const { graph } = await openWorkflow(host, await textOf(file), { settings })
    if (graph === undefined) throw new Error('no graph')
    const result = await host.engine.run(graph, {})
    expect(result.status).toBe('finished')
    if (result.status !== 'finished') return
    const shown = [...result.nodes.values()].filter(
      (node) => 'ui' in node && node.ui?.['images'] !== undefined,
    )
    expect(shown.length).toBeGreaterThan(0)
  })
})
