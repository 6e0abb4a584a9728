/** Files from elsewhere: WebP pictures, API prompts, and documents with nodes that nobody here knows. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drop, useEditor } from './use-editor.ts'

const session = useEditor()
const workflow = path.resolve(import.meta.dirname, '../../workflows/emoji-flux-dicache.json')
const fixtures = path.resolve(import.meta.dirname, '../documents/fixtures')

/** A WebP as ComfyUI saves it: the workflow in the EXIF field of the maker, the prompt in that of the model. */
async function webp(texts: { readonly workflow?: string; readonly prompt?: string }): Promise<Buffer> {
  const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: '#0a0' } })
  const fields = {
    ...(texts.workflow !== undefined && { Make: `workflow:${texts.workflow}` }),
    ...(texts.prompt !== undefined && { Model: `prompt:${texts.prompt}` }),
  }
  return picture.withExif({ IFD0: fields }).webp().toBuffer()
}

const PROMPT = {
  1: { class_type: 'LoadModel', inputs: { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' } },
  2: { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text: 'a snail' } },
  3: { class_type: 'EmptyLatentImage', inputs: { width: 128, height: 128, batch_size: 1 } },
  4: {
    class_type: 'KSampler',
    inputs: {
      model: ['1', 0],
      positive: ['2', 0],
      negative: ['2', 0],
      latent_image: ['3', 0],
      seed: 7,
      steps: 2,
      cfg: 1,
      sampler_name: 'euler',
      scheduler: 'simple',
      denoise: 1,
    },
  },
  5: { class_type: 'VAEDecode', inputs: { samples: ['4', 0], vae: ['1', 2] } },
  6: { class_type: 'SaveImage', inputs: { images: ['5', 0], filename_prefix: 'snail' } },
}

describe('a WebP', () => {
  it('opens with the workflow in its EXIF, and runs', async () => {
    const { hands } = session
    await drop(hands, 'fox.webp', await webp({ workflow: await readFile(workflow, 'utf8') }))
    await hands.page.locator('.tab.chosen', { hasText: 'fox' }).waitFor()
    expect((await hands.nodes()).map(({ type }) => type)).toContain('DiCacheSampler')
    expect(await hands.links()).toHaveLength(10)
    expect(await hands.run()).toBe('finished')
  })

  it('with a prompt only is laid out by the server, from left to right', async () => {
    const { hands } = session
    await drop(hands, 'snail.webp', await webp({ prompt: JSON.stringify(PROMPT) }))
    await hands.page.locator('.tab.chosen', { hasText: 'snail' }).waitFor()
    const at = new Map((await hands.nodes()).map(({ type, pos }) => [type, pos[0]]))
    const chain = ['LoadModel', 'CLIPTextEncode', 'KSampler', 'VAEDecode', 'SaveImage']
    const lefts = chain.map((type) => at.get(type) ?? Number.NaN)
    expect(lefts).toEqual(lefts.toSorted((a, b) => a - b))
    expect(await hands.links()).toHaveLength(8)
    expect((await hands.nodes()).find(({ type }) => type === 'KSampler')?.widgets).toEqual([
      7,
      'fixed',
      2,
      1,
      'euler',
      'simple',
      1,
    ])
    expect(await hands.run()).toBe('finished')
  })

  it('without a workflow says so', async () => {
    const { hands } = session
    await drop(hands, 'plain.webp', await webp({}))
    await hands.page.locator('.toast.error', { hasText: 'carries no workflow' }).waitFor()
    expect(await hands.page.locator('.tab').count()).toBe(1)
  })
})

describe('an API prompt', () => {
  it('needs the server: while it is away that is said, and nothing is opened', async () => {
    const { hands, server } = session
    const { page } = hands
    await server.kill()
    await page.locator('.connection').waitFor()
    await drop(hands, 'snail.json', Buffer.from(JSON.stringify(PROMPT)))
    await page.locator('.toast.error', { hasText: 'snail.json' }).waitFor()
    expect(await page.locator('.toast.error').innerText()).toContain('The server cannot be reached')
    expect(await page.locator('.tab').count()).toBe(1)
    await server.start()
    await page.locator('.connection').waitFor({ state: 'detached' })
    await drop(hands, 'snail.json', Buffer.from(JSON.stringify(PROMPT)))
    await page.locator('.tab.chosen', { hasText: 'snail' }).waitFor()
    expect(hands.complaints).toEqual([])
  })

  it('with links to nowhere opens without them, and says what was lost', async () => {
    const { hands } = session
    const broken = { ...PROMPT, 6: { class_type: 'SaveImage', inputs: { images: ['99', 0] } } }
    await drop(hands, 'broken.json', Buffer.from(JSON.stringify(broken)))
    await hands.page.locator('.tab.chosen', { hasText: 'broken' }).waitFor()
    await hands.page.locator('.toast', { hasText: '99' }).waitFor()
    expect(await hands.links()).toHaveLength(7)
  })
})

describe('a document with nodes that are missing', () => {
  it('shows them in place with their values, and runs the outputs that do not need them', async () => {
    const { hands } = session
    const { page } = hands
    const document = JSON.parse(await readFile(workflow, 'utf8')) as {
      nodes: object[]
      links: unknown[]
    }
    const missing = {
      id: 20,
      type: 'FaceDetailer',
      pos: [1270, 600],
      size: [290, 120],
      inputs: [{ name: 'image', type: 'IMAGE', link: 20 }],
      outputs: [{ name: 'image', type: 'IMAGE', links: [21] }],
      widgets_values: [512, 'kept'],
      properties: { cnr_id: 'comfyui-impact-pack', ver: '8.1' },
    }
    const save = {
      id: 21,
      type: 'SaveImage',
      pos: [1600, 600],
      size: [270, 60],
      inputs: [{ name: 'images', type: 'IMAGE', link: 21 }],
      widgets_values: ['never'],
    }
    const links = [...document.links, [20, 7, 0, 20, 0, 'IMAGE'], [21, 20, 0, 21, 0, 'IMAGE']]
    const text = JSON.stringify({ ...document, nodes: [...document.nodes, missing, save], links })
    await drop(hands, 'detailed.json', Buffer.from(text))
    await page.locator('.toast', { hasText: 'FaceDetailer' }).waitFor()
    expect(await hands.links()).toContain('Decode.image>FaceDetailer.image')
    await page.mouse.click(...(await hands.place(20, 100, -15)))
    await page.keyboard.press('i')
    const panel = await page.locator('.side').innerText()
    expect(panel).toMatch(/not installed[\s\S]*comfyui-impact-pack[\s\S]*8\.1[\s\S]*512[\s\S]*kept/)
    expect(await hands.run()).toBe('finished')
    await page.locator('.toast', { hasText: 'Part of the workflow is left out' }).waitFor()
    const files = await readdir(path.join(session.home, 'output'))
    expect([
      files.some((name) => name.startsWith('emoji')),
      files.some((name) => name.startsWith('never')),
    ]).toEqual([true, false])
    expect((await hands.nodes()).find(({ id }) => id === 20)?.widgets).toEqual([512, 'kept'])
  })

  it('of ComfyUI’s own templates opens whole, also with its Primitives, which are edited', async () => {
    const { hands } = session
    const { page } = hands
    await drop(hands, 'flux.json', await readFile(path.join(fixtures, 'flux_dev_example.ui.json')))
    await page.locator('.tab.chosen', { hasText: 'flux' }).waitFor()
    const width = (await hands.nodes()).find(
      ({ type, widgets }) => type === 'PrimitiveNode' && widgets[0] === 1024,
    )
    expect(width).toBeDefined()
    const id = width?.id ?? 0
    await page.keyboard.press('Escape')
    await page.mouse.click(...(await hands.place(id, 40, -15)))
    await page.keyboard.press('i')
    await page.locator(`#field-${id}-value`).fill('768')
    await page.locator(`#field-${id}-value`).press('Enter')
    expect((await hands.nodes()).find((node) => node.id === id)?.widgets[0]).toBe(768)
    expect(hands.complaints).toEqual([])
  })
})
