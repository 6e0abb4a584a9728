/** Names of files inside prompts: what a node reads and writes stays in its folder, whoever asks; and what is secret goes nowhere. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comfyClient, type ComfyClient } from '../testing/comfy-client.ts'
import { SECRET, startHostileHome } from '../testing/hostile-home.ts'
import { httpCall } from '../testing/http-call.ts'
import { node, type Nodes, postPrompt } from '../testing/prompt-calls.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let client: ComfyClient
beforeAll(async () => {
  server = await startHostileHome()
  client = await comfyClient(server.url, { clientId: 'files' })
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toFile(path.join(server.home, 'outside.png'))
})
afterAll(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
})

const PICTURE = node('EmptyImage', { width: 8, height: 8, batch_size: 1, color: 255 })

/** Everything below a folder, links not followed. */
async function tree(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const below = await Promise.all(
    entries.map(async (entry) => {
      const full = path.join(folder, entry.name)
      return entry.isDirectory() ? await tree(full) : [full]
    }),
  )
  return below.flat()
}

describe('a prefix that leaves the output folder', () => {
  it.each([
    '../x',
    '../../x',
    'a/../../x',
    '/dicache-escape/x',
    'C:\\x',
    'C:x',
    '..\\x',
    'a\\..\\..\\x',
    'x\u0000y',
    'up/x',
    'up/output/../x',
  ])('fails the node and writes nothing: %j', async (prefix) => {
    const before = await tree(server.home)
    const answer = await postPrompt(
      server.url,
      { 1: PICTURE, 2: node('SaveImage', { images: ['1', 0], filename_prefix: prefix }) },
      { client_id: 'files' },
    )
    if (answer.status === 200) {
      const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
      await client.ended(id)
      const failed = client.frames.find(
        ({ type, data }) => type === 'execution_error' && data['prompt_id'] === id,
      )
      // A backslash is a character of a name here, and stays inside; nothing else may succeed.
      if (failed === undefined) expect(prefix).toContain('\\')
      else expect(failed.data).toMatchObject({ node_id: '2' })
    } else expect(answer.status).toBe(400)
    const written = (await tree(server.home)).filter((name) => !before.includes(name))
    const outside = written.filter(
      (name) => !/^(output|temp|cache)\b|^state\.sqlite/.test(path.relative(server.home, name)),
    )
    expect(outside).toEqual([])
  })
})

describe('a file that a node reads', () => {
  const names = [
    '../outside.png',
    '../secret.png',
    '../nobody.png',
    'sub/../../outside.png',
    '../outside.png [output]',
    '../outside.png [temp]',
    '../../../../../../etc/passwd',
    '/etc/passwd',
    'C:\\windows\\win.ini',
    '..\\outside.png',
    'link.png',
    'up/outside.png',
    'up/outside.png [output]',
    'a.txt\u0000.png',
    '%2e%2e%2foutside.png',
    '',
    '.',
    '..',
    `${'a'.repeat(5000)}.png`,
  ]
  const readers: readonly (readonly [string, Nodes])[] = [
    ['LoadImage', {}],
    ['LoadImageMask', { channel: 'red' }],
  ]

  it.each(readers)(
    '%s refuses what lies elsewhere, and tells nobody whether it exists',
    async (type, more) => {
      for (const name of names) {
        const output = type === 'LoadImage' ? 'PreviewImage' : 'MaskPreview'
        const input = type === 'LoadImage' ? 'images' : 'mask'
        const answer = await postPrompt(server.url, {
          1: node(type, { image: name, ...more }),
          2: node(output, { [input]: ['1', 0] }),
        })
        expect([name, answer.status]).toEqual([name, 400])
        expect(answer.json()).toMatchObject({
          node_errors: {
            1: {
              errors: [{ type: 'custom_validation_failed', details: `image - Invalid image file: ${name}` }],
            },
          },
        })
        expect(answer.text).not.toContain(SECRET)
      }
    },
  )

  it.each([
    ['UNETLoader', { weight_dtype: 'default' }, 'unet_name'],
    ['VAELoader', {}, 'vae_name'],
    ['LoadModel', { t5: 'auto', clip: 'auto', vae: 'auto' }, 'model'],
  ])('%s takes listed weight files only', async (type, inputs, name) => {
    for (const file of ['../secret.png', '/etc/passwd', '..\\x', 'up/x.safetensors']) {
      const { status, text } = await postPrompt(server.url, { 1: node(type, { ...inputs, [name]: file }) })
      expect([file, status]).toEqual([file, 400])
      expect(text).not.toContain(server.home)
    }
  })
})

it('secrets of a prompt are in no picture, no log line and no file of the home', async () => {
  const logs: string[] = []
  await using other = await startTestServer({
    logLevel: 'debug',
    logTo: { write: (line) => void logs.push(line) },
  })
  await using watching = await closing(await comfyClient(other.url, { clientId: 'logs' }))
  const answer = await postPrompt(
    other.url,
    { 1: PICTURE, 2: node('SaveImage', { images: ['1', 0], filename_prefix: 'secret' }) },
    {
      client_id: 'logs',
      extra_data: {
        api_key_comfy_org: 'S3CR3T-a',
        auth_token_comfy_org: 'S3CR3T-b',
        extra_pnginfo: { api_key_comfy_org: 'S3CR3T-c', workflow: { id: 'w', nodes: [], links: [] } },
      },
    },
  )
  const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
  await watching.client.ended(id)
  await httpCall(other.url, `/history/${id}?api_key_comfy_org=S3CR3T-d`)
  await other.server.services.runs.flushed()
  const picture = await readFile(path.join(other.home, 'output', 'secret_00001_.png'))
  expect(picture.includes('"id": "w"')).toBe(true)
  const files = await tree(other.home)
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) expect([file, (await readFile(file)).includes('S3CR3T')]).toEqual([file, false])
  expect(JSON.stringify(watching.client.frames)).not.toContain('S3CR3T')
  expect(logs.join('\n')).not.toContain('S3CR3T')
})

async function closing(open: ComfyClient): Promise<AsyncDisposable & { readonly client: ComfyClient }> {
  return { client: open, [Symbol.asyncDispose]: () => open.close() }
}

it('the server is alive after all of it', async () => {
  await mkdir(path.join(server.home, 'input'), { recursive: true })
  await writeFile(
    path.join(server.home, 'input', 'fine.png'),
    await readFile(path.join(server.home, 'outside.png')),
  )
  const answer = await postPrompt(
    server.url,
    { 1: node('LoadImage', { image: 'fine.png' }), 2: node('PreviewImage', { images: ['1', 0] }) },
    { client_id: 'files' },
  )
  const { prompt_id: id } = answer.json() as { readonly prompt_id: string }
  await client.ended(id)
  const history = (await httpCall(server.url, `/history/${id}`)).json()
  expect(history).toMatchObject({ [id]: { status: { status_str: 'success' } } })
})
