/** Weight files in documents: pictures say which ones they were made with, and opening a document says where they are others. */
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createHost, type Host, openWorkflow, readWorkflowFile, savedPath } from '@dicache/host'
import { isJsonObject, type JsonValue, parseJson, type SavedFile } from '@dicache/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'

const MODEL = new URL('../../packages/emoji-model/model/', import.meta.url).pathname
const WORKFLOW = new URL('../../workflows/emoji-flux-dicache.json', import.meta.url).pathname

let home = ''
const open = (): Promise<Host> => createHost({ home, device: 'cpu', threads: 1 })
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'model-hashes-'))
  const folder = path.join(home, 'models', 'loras')
  await mkdir(folder, { recursive: true })
  await copyFile(path.join(MODEL, 'clip-tokenizer.json'), path.join(folder, 'x.json'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Runs the bundled workflow and gives the document that the picture carries. */
async function pictured(host: Host, seed: number): Promise<string> {
  const opened = await openWorkflow(host, await readFile(WORKFLOW, 'utf8'), {
    settings: ['steps=1', `seed=${seed}`],
  })
  expect(opened.problems).toEqual([])
  if (opened.graph === undefined) throw new Error('it cannot be run')
  const result = await host.engine.run(opened.graph)
  if (result.status !== 'finished') throw new Error(`it ${result.status}`)
  const [file] = [...result.nodes.values()].flatMap((node) =>
    'ui' in node ? ((node.ui?.['images'] ?? []) as unknown as readonly SavedFile[]) : [],
  )
  if (file === undefined) throw new Error('no picture')
  return readWorkflowFile(savedPath(host.folders, file))
}

function modelsOf(text: string): Readonly<Record<string, JsonValue>> {
  const at = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
    isJsonObject(value) ? value[key] : undefined
  const models = at(at(at(parseJson(text), 'extra'), 'dicache'), 'models')
  return isJsonObject(models) ? models : {}
}

it('D-17 a picture names the weight files that it was made with', async () => {
  const host = await open()
  const models = modelsOf(await pictured(host, 1))
  await host.dispose()
  expect(Object.keys(models).toSorted()).toEqual([
    'diffusion_models/emoji',
    'text_encoders/emoji-clip',
    'text_encoders/emoji-t5',
    'vae/emoji-ae',
  ])
  expect(models['diffusion_models/emoji']).toEqual({
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    sizeBytes: (await readFile(path.join(MODEL, 'flux-emoji.safetensors'))).length,
  })
})

it('D-17 says which files are others, by their size or a hash that is known, and reads none for it', async () => {
  const host = await open()
  const text = await pictured(host, 3)
  const document = JSON.parse(text) as { extra: { dicache: { models: Record<string, object> } } }
  const { models } = document.extra.dicache
  const warnings = async (changed: Record<string, object>): Promise<readonly string[]> => {
    const extra = { ...document.extra, dicache: { ...document.extra.dicache, models: changed } }
    const { problems } = await openWorkflow(host, JSON.stringify({ ...document, extra }))
    expect(problems.every(({ severity }) => severity === 'warning')).toBe(true)
    return problems.map(({ code, path: where }) => `${code} ${where}`)
  }
  const other = 'a'.repeat(64)
  expect(await warnings(models)).toEqual([])
  expect(await warnings({ ...models, 'vae/emoji-ae': { ...models['vae/emoji-ae'], sha256: other } })).toEqual(
    ['MODEL_CHANGED /extra/dicache/models/vae~1emoji-ae'],
  )
  expect(await warnings({ ...models, 'vae/emoji-ae': { ...models['vae/emoji-ae'], sizeBytes: 5 } })).toEqual([
    'MODEL_CHANGED /extra/dicache/models/vae~1emoji-ae',
  ])
  // Nobody has hashed it, and it is not done for this; one that is not here is another problem's.
  const unknown = {
    'loras/x.json': { sha256: other },
    'loras/gone': { sha256: other },
    nothing: { sha256: other },
  }
  expect(await warnings(unknown)).toEqual([])
  await host.dispose()
})

it('D-17 what a document says of files that a run does not use goes, and a document without any stays as it is', async () => {
  const host = await open()
  const stale = JSON.parse(await readFile(WORKFLOW, 'utf8')) as { extra: { dicache?: object } }
  const text = JSON.stringify({
    ...stale,
    extra: {
      ...stale.extra,
      dicache: { ...stale.extra.dicache, models: { 'vae/old': { sha256: 'b'.repeat(64) } } },
    },
  })
  const opened = await openWorkflow(host, text, { settings: ['steps=1', 'seed=4'] })
  if (opened.graph === undefined) throw new Error('it cannot be run')
  let stored: JsonValue | undefined
  const result = await host.engine.run(opened.graph)
  expect(result.status).toBe('finished')
  if (result.status !== 'finished') return
  const [file] = [...result.nodes.values()].flatMap((node) =>
    'ui' in node ? ((node.ui?.['images'] ?? []) as unknown as readonly SavedFile[]) : [],
  )
  if (file !== undefined) stored = parseJson(await readWorkflowFile(savedPath(host.folders, file)))
  await host.dispose()
  expect(Object.keys(modelsOf(JSON.stringify(stored ?? {})))).not.toContain('vae/old')
  expect(Object.keys(modelsOf(JSON.stringify(stored ?? {})))).toContain('vae/emoji-ae')
})
