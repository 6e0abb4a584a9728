/** Every way a workflow can be wrong: all problems at once, each with its code, its node and what to do. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Host, openWorkflow } from '@dicache/host'
import { errorClass } from '@dicache/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samplerGraph, testHome } from './run-graph.ts'
import { dicache } from './terminal.ts'

const WORKFLOWS = fileURLToPath(new URL('../../workflows/', import.meta.url))
let home: string
let host: Host

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-doc-'))
  host = await testHome(home)
})

afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

async function problemsOf(
  document: unknown,
): Promise<readonly { readonly code: string; readonly message: string; readonly nodeId?: string }[]> {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  return (await openWorkflow(host, text)).problems
}

type Node = { readonly class_type: string; readonly inputs: Readonly<Record<string, unknown>> }

/** The example with one node changed. */
function changed(id: string, change: (node: Node) => unknown): unknown {
  const graph: Record<string, unknown> = {
    ...samplerGraph(),
    show: { class_type: 'PreviewImage', inputs: { images: ['decode', 0] } },
  }
  graph[id] = change(graph[id] as Node)
  return graph
}

const withInputs = (inputs: Readonly<Record<string, unknown>>) => (node: Node) => ({
  ...node,
  inputs: { ...node.inputs, ...inputs },
})

describe('a document with one fault', () => {
  it.each<[string, string, unknown]>([
    ['no JSON', 'NOT_JSON', '{"nodes": ['],
    ['nothing', 'NOT_JSON', ''],
    ['no workflow', 'NOT_A_WORKFLOW', { hello: 'world' }],
    ['a list', 'NOT_A_WORKFLOW', [1, 2]],
    ['a number', 'NOT_A_WORKFLOW', 5],
    ['nested 100,000 deep', 'TOO_DEEP', '['.repeat(100_000)],
    [
      'an unknown type',
      'UNKNOWN_NODE_TYPE',
      changed('decode', (node) => ({ ...node, class_type: 'Decoed' })),
    ],
    ['a link to nowhere', 'MISSING_LINK', changed('decode', withInputs({ latent: ['nobody', 0] }))],
    [
      'a link from an output that is not there',
      'MISSING_LINK',
      changed('decode', withInputs({ latent: ['sampler', 9] })),
    ],
    [
      'an input that is missing',
      'REQUIRED_INPUT_MISSING',
      changed('decode', ({ class_type }) => ({ class_type, inputs: {} })),
    ],
    ['a link of another type', 'TYPE_MISMATCH', changed('decode', withInputs({ latent: ['load', 0] }))],
    ['a number out of range', 'VALUE_OUT_OF_RANGE', changed('sampler', withInputs({ steps: -3 }))],
    ['a text for a number', 'WRONG_VALUE_TYPE', changed('sampler', withInputs({ cfg: 'many' }))],
    [
      'a choice that is not there',
      'VALUE_NOT_IN_LIST',
      changed('sampler', withInputs({ sampler_name: 'eular' })),
    ],
    [
      'a model that is not there',
      'VALUE_NOT_IN_LIST',
      changed('load', withInputs({ model: 'flux1-dev.safetensors' })),
    ],
    ['a cycle', 'CYCLE', changed('positive', withInputs({ clip: ['positive', 0] }))],
  ])('%s is %s, and its sentence helps', async (_, code, document) => {
    const problems = await problemsOf(document)
    expect(problems.map((problem) => problem.code)).toContain(code)
    for (const { message } of problems) expect(message.length).toBeGreaterThan(20)
    expect(errorClass(problems.find((problem) => problem.code === code)?.code as 'CYCLE').exit).toBe(2)
  })

  it('suggests what may have been meant', async () => {
    const [type] = await problemsOf(changed('decode', (node) => ({ ...node, class_type: 'Decoed' })))
    expect(type?.message).toContain('Decode')
    const choices = await problemsOf(changed('sampler', withInputs({ sampler_name: 'eular' })))
    expect(choices[0]?.message).toContain('euler')
  })
})

it('a document with many faults tells them all at once, each with its node', async () => {
  const graph = changed('sampler', withInputs({ steps: -1, cfg: 'x', scheduler: 'simpel' })) as Record<
    string,
    Node
  >
  graph['decode'] = { class_type: 'Decode', inputs: { vae: ['load', 2], latent: ['nobody', 0] } }
  graph['other'] = { class_type: 'SaveImage', inputs: { images: ['sampler', 0], filename_prefix: 'x' } }
  const problems = await problemsOf(graph)
  const found = new Set(problems.map(({ code, nodeId }) => `${code} ${nodeId}`))
  for (const wanted of [
    'VALUE_OUT_OF_RANGE sampler',
    'WRONG_VALUE_TYPE sampler',
    'VALUE_NOT_IN_LIST sampler',
    'MISSING_LINK decode',
    'TYPE_MISMATCH other',
  ]) {
    expect(found).toContain(wanted)
  }
})

describe('the example workflows', () => {
  it.each(['emoji-flux-dicache.json', 'emoji-flux-ksampler.json'])(
    '%s is valid, and its named inputs are there',
    async (name) => {
      const { problems, workflow } = await openWorkflow(host, await readFile(WORKFLOWS + name, 'utf8'))
      expect(problems).toEqual([])
      expect(workflow?.format).toBe('ui')
      const { stdout } = await dicache(['run', WORKFLOWS + name, '--inputs', '--json', '--home', home])
      const names = (JSON.parse(stdout) as { inputs: { name: string }[] }).inputs.map((input) => input.name)
      expect(names).toEqual(
        expect.arrayContaining(['prompt', 'negative', 'seed', 'steps', 'cfg', 'threshold']),
      )
    },
  )
})
