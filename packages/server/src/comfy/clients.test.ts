/** Clients that were written for ComfyUI, as they are in the package registry. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { CallWrapper, ComfyApi, PromptBuilder } from '@saintno/comfyui-sdk'
import { ComfyUIClient } from 'comfy-ui-client'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let address: string
beforeAll(async () => {
  server = await startTestServer({ device: 'cpu', threads: 1 })
  address = new URL(server.url).host
})
afterAll(() => server[Symbol.asyncDispose]())

/** A picture by the bundled model, in few steps. */
const workflow = (seed: number, prefix: string) =>
  titled({
    '1': { class_type: 'LoadModel', inputs: { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text: 'a fox' } },
    '3': { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text: '' } },
    '4': { class_type: 'EmptyLatentImage', inputs: { width: 128, height: 128, batch_size: 1 } },
    '5': {
      class_type: 'KSampler',
      inputs: {
        model: ['1', 0],
        positive: ['2', 0],
        negative: ['3', 0],
        latent_image: ['4', 0],
        seed,
        steps: 6,
        cfg: 3,
        sampler_name: 'euler',
        scheduler: 'simple',
        denoise: 1,
      },
    },
    '6': { class_type: 'VAEDecode', inputs: { vae: ['1', 2], samples: ['5', 0] } },
    '7': { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: prefix } },
  })

type Nodes = Record<string, { readonly class_type: string; readonly inputs: Record<string, unknown> }>

/** The SDK's types want a title. */
function titled<T extends Nodes>(nodes: T): { [K in keyof T]: T[K] & { _meta: { title: string } } } {
  return Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => [id, { ...node, _meta: { title: node.class_type } }]),
  ) as never
}

type Image = { readonly filename: string; readonly subfolder: string; readonly type: string }

describe('@saintno/comfyui-sdk', () => {
  const open = async (): Promise<ComfyApi> => {
    const api = new ComfyApi(server.url, undefined, { forceWs: true })
    api.init()
    await api.waitForReady()
    return api
  }

  it('makes a picture, with progress and previews, and takes it from the cache the second time', async () => {
    const api = await open()
    const builder = new PromptBuilder(workflow(1, 'sdk'), ['seed', 'text'], ['images'])
      .setInputNode('seed', '5.inputs.seed')
      .setInputNode('text', '2.inputs.text')
      .setOutputNode('images', '7')
      .input('seed', 11)
      .input('text', 'a red apple')
    const told = {
      pending: 0,
      start: 0,
      progress: 0,
      preview: [] as Blob[],
      output: 0,
      failed: [] as Error[],
    }
    const run = () =>
      new CallWrapper(api, builder)
        .onPending(() => void told.pending++)
        .onStart(() => void told.start++)
        .onProgress(() => void told.progress++)
        .onPreview((blob) => void told.preview.push(blob))
        .onOutput(() => void told.output++)
        .onFailed((error) => void told.failed.push(error))
        .run()
    const result = await run()
    expect(told.failed).toEqual([])
    expect(result).not.toBe(false)
    const { images } = (result as unknown as { readonly images: { readonly images: readonly Image[] } })
      .images
    expect(images).toMatchObject([{ filename: expect.stringMatching(/^sdk_\d{5}_\.png$/), type: 'output' }])
    expect(told).toMatchObject({ pending: 1, start: 1, output: 1 })
    expect(told.progress).toBeGreaterThan(5)
    const [image] = images
    const blob = await api.getImage(image as never)
    expect((await sharp(await blob.arrayBuffer()).metadata()).width).toBe(128)
    for (const preview of told.preview)
      expect((await sharp(Buffer.from(await preview.arrayBuffer())).metadata()).format).toBe('jpeg')
    expect(told.preview.length).toBeGreaterThan(0)

    const again = (await run()) as unknown as { readonly images: { readonly images: readonly Image[] } }
    expect(again.images.images).toEqual(images)
    api.destroy()
  })

  it('learns why a prompt was refused, and why one failed', async () => {
    const api = await open()
    const failures: unknown[] = []
    const run = (nodes: Parameters<typeof workflow> extends never ? never : object, output: string) =>
      new CallWrapper(
        api,
        new PromptBuilder(nodes as never, [], ['out']).setOutputNode('out', output as never),
      )
        .onFailed((error) => void failures.push(error.cause ?? error.message))
        .run()
    await run(
      { ...workflow(1, 'x'), '7': { class_type: 'SaveImage', inputs: { filename_prefix: 'x' } } },
      '7',
    )
    expect(failures[0]).toMatchObject({
      node_errors: { 7: { errors: [{ type: 'required_input_missing' }] } },
    })
    failures.length = 0
    await run({ 1: { class_type: 'TestHarm', inputs: { how: 'throw' } } }, '1')
    // Whether it still hears the error itself depends on how soon it listens: it asks the history first.
    expect(failures).toHaveLength(1)
    api.destroy()
  })

  it('asks everything else that it can ask', async () => {
    const api = await open()
    expect(await api.ping()).toMatchObject({ status: true })
    expect(await api.getSystemStats()).toMatchObject({ system: { comfyui_version: '0.3.64' } })
    expect(await api.getNodeDefs('KSampler')).toHaveProperty('KSampler.input.required.seed')
    expect(Object.keys((await api.getNodeDefs()) ?? {})).toContain('SaveImage')
    expect(await api.getSamplerInfo()).toMatchObject({
      sampler: expect.anything(),
      scheduler: expect.anything(),
    })
    expect(await api.getQueue()).toEqual({ queue_running: [], queue_pending: [] })
    expect(await api.getEmbeddings()).toEqual([])
    expect(await api.getExtensions()).toEqual([])
    expect(await api.getModelFolders()).toContainEqual({ name: 'vae', folders: expect.any(Array) })
    expect(await api.getModelFiles('vae')).toMatchObject([{ name: 'emoji-ae', pathIndex: 0 }])
    expect(await api.getUserConfig()).toMatchObject({ storage: 'server' })
    const bytes = await sharp({ create: { width: 4, height: 4, channels: 4, background: 'red' } })
      .png()
      .toBuffer()
    expect(await api.uploadImage(bytes, 'sdk.png')).toMatchObject({
      info: { filename: 'sdk.png', subfolder: '', type: 'input' },
    })
    await api.storeSetting('sdk.theme', 'dark' as never)
    expect(await api.getSetting('sdk.theme')).toBe('dark')
    await api.storeSettings({ 'sdk.a': 1 } as never)
    expect(await api.getSettings()).toMatchObject({ 'sdk.theme': 'dark', 'sdk.a': 1 })
    await api.storeUserData('workflows/sdk.json', { nodes: [] } as never)
    expect(await (await api.getUserData('workflows/sdk.json')).json()).toEqual({ nodes: [] })
    expect(await api.listUserData('workflows', true)).toContain('sdk.json')
    await api.moveUserData('workflows/sdk.json', 'workflows/moved.json')
    await api.deleteUserData('workflows/moved.json')
    await api.interrupt()
    await api.freeMemory(true, true)
    const histories = await api.getHistories()
    expect(Object.values(histories).length).toBeGreaterThan(0)
    api.destroy()
  })
})

describe('comfy-ui-client', () => {
  it('makes a picture, and asks everything else', async () => {
    const client = new ComfyUIClient(address, 'comfy-ui-client-test')
    await client.connect()
    const images = await client.getImages(workflow(5, 'other/name') as never)
    const [entry] = images['7'] ?? []
    expect(entry?.image).toMatchObject({ subfolder: 'other', type: 'output' })
    const blob = entry?.blob as Blob
    expect((await sharp(await blob.arrayBuffer()).metadata()).format).toBe('png')
    const folder = path.join(server.home, 'saved')
    await mkdir(folder)
    await client.saveImages(images, folder)
    expect((await sharp(path.join(folder, entry?.image.filename ?? '')).metadata()).height).toBe(128)

    expect(await client.getEmbeddings()).toEqual([])
    expect(await client.getExtensions()).toEqual([])
    expect(await client.getSystemStats()).toHaveProperty('system.ram_total')
    expect(await client.getPrompt()).toEqual({ exec_info: { queue_remaining: 0 } })
    expect(await client.getObjectInfo('SaveImage')).toHaveProperty('SaveImage.output_node', true)
    expect(Object.keys(await client.getHistory()).length).toBeGreaterThan(0)
    expect(await client.getQueue()).toEqual({ queue_running: [], queue_pending: [] })
    const picture = (alpha: number) =>
      sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 8, b: 7, alpha } } })
        .png()
        .toBuffer()
    const uploaded = await client.uploadImage(await picture(1), 'mask me.png', true)
    expect(uploaded).toEqual({ name: 'mask me.png', subfolder: '', type: 'input' })
    const masked = await client.uploadMask(
      await picture(0.5),
      'masked.png',
      { filename: 'mask me.png', subfolder: '', type: 'input' } as never,
      true,
    )
    const seen = await client.getImage(masked.name, masked.subfolder, masked.type)
    const { data } = await sharp(await seen.arrayBuffer())
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([...data.subarray(0, 4)]).toEqual([9, 8, 7, 128])
    await expect(client.queuePrompt({ 1: { class_type: 'Nobody', inputs: {} } } as never)).rejects.toThrow(
      /Nobody/,
    )
    await client.disconnect()
  })
})
