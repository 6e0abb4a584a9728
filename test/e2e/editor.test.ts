/** The editor in a real browser against the real engine: what a user does with mouse, keyboard and files. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildEditor } from './build-editor.ts'
import { openBrowser, openEditor, type Hands } from './open-browser.ts'
import { startServer, type EditorServer } from './start-server.ts'

let browser: Browser
let server: EditorServer
let hands: Hands
let home: string

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'dicache-e2e-'))
  await buildEditor()
  server = await startServer(home)
  browser = await openBrowser()
}, 120_000)

afterAll(async () => {
  await browser.close()
  await server.dispose()
  await rm(home, { recursive: true, force: true })
})

beforeEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  hands = await openEditor(browser, { width: 1440, height: 900 })
  await hands.open(server.url)
})

const text = (selector: string): Promise<string> => hands.page.locator(selector).innerText()

/** Types a setting into the panel of a node, which stays open. */
async function set(node: number, name: string, value: string): Promise<void> {
  const { page } = hands
  const field = page.locator(`#field-${node}-${name}`)
  if (!(await field.isVisible())) {
    await page.mouse.click(...(await hands.place(node, 160, -15)))
    if (!(await page.locator('.side').isVisible())) await page.keyboard.press('i')
  }
  await field.fill(value)
  await field.press('Enter')
  await page.locator('#canvas').focus()
}

/** Adds a node by the search box and puts it at a place of the page. */
async function add(words: string, x: number, y: number): Promise<void> {
  await hands.page.mouse.dblclick(x, y)
  await hands.page.locator('.search input').fill(words)
  await hands.page.keyboard.press('Enter')
  await hands.page.locator('.search').waitFor({ state: 'detached' })
}

describe('running', () => {
  it('opens the default workflow at the first visit, runs it, and shows picture, times, timeline and history', async () => {
    const { page } = hands
    expect(await hands.nodes()).toHaveLength(8)
    expect(await hands.run()).toBe('finished')
    expect(await hands.previewed(6)).toBe(true)
    await page.keyboard.press('d')
    await page.locator('.timeline .cell.reused').first().waitFor()
    expect(await page.locator('.lane').count()).toBe(2)
    expect(await page.locator('.lane').first().locator('.cell').count()).toBe(20)
    expect(await text('.cache-head')).toMatch(/Step ratio\s+\d\.\d\d×/)
    expect(await page.locator('.chart .uplot').count()).toBe(3)
    await page.keyboard.press('q')
    await page.locator('.side .thumb').first().waitFor()
    expect(await text('.side')).toContain('finished')
    expect(hands.complaints).toEqual([])
  })

  it('refuses a workflow with the sentence on its node, and fails one on the node that failed; both run when mended', async () => {
    const { page } = hands
    await hands.drag(await hands.socket(7, 'inputs', 'vae'), [1300, 700])
    await page.keyboard.press('Escape')
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+Enter')
    await page.locator('.toast.error', { hasText: 'vae' }).waitFor()
    await page.getByRole('button', { name: 'Show node' }).click()
    await page.keyboard.press('i')
    await page.locator('.side .problem', { hasText: 'vae' }).waitFor()
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+z')
    await page.keyboard.press('i')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('.')
    await set(4, 'width', '24')
    expect(await hands.run()).toBe('failed')
    await page.locator('.toast.error').last().waitFor()
    await set(4, 'width', '128')
    expect(await hands.run()).toBe('finished')
  })

  it('cancels what runs', async () => {
    const { page } = hands
    await set(6, 'steps', '5000')
    const ended = hands.run()
    await page.locator('.stop:not([disabled])').click()
    expect(await ended).toBe('cancelled')
  })

  it('misses nothing of a run when the server goes away and comes back', async () => {
    const { page } = hands
    await set(6, 'seed', '77')
    await set(6, 'steps', '60')
    await page.keyboard.press('d')
    const ended = hands.run()
    await page.locator('.timeline .cell').first().waitFor()
    await server.kill()
    await page.locator('.connection').waitFor()
    expect(await page.locator('.run').isDisabled()).toBe(true)
    await server.start()
    expect(await ended).toBe('finished')
    expect(await page.locator('.lane').first().locator('.cell').count()).toBe(60)
  })
})

describe('editing', () => {
  it('builds the workflow from nothing by mouse and keyboard, refuses nonsense, and runs it', async () => {
    const { page } = hands
    await page.getByRole('button', { name: 'New workflow' }).click()
    await add('load model', 140, 130)
    await add('clip text encode', 480, 110)
    await add('clip text encode', 480, 380)
    await add('empty latent', 480, 640)
    await add('dicache sampler', 900, 130)
    await hands.drag(await hands.socket(1, 'outputs', 'clip'), await hands.socket(2, 'inputs', 'clip'))
    await hands.drag(await hands.socket(1, 'outputs', 'clip'), await hands.socket(3, 'inputs', 'clip'))
    await hands.drag(await hands.socket(1, 'outputs', 'model'), await hands.socket(5, 'inputs', 'model'))
    await hands.drag(
      await hands.socket(2, 'outputs', 'conditioning'),
      await hands.socket(5, 'inputs', 'positive'),
    )
    await hands.drag(
      await hands.socket(3, 'outputs', 'conditioning'),
      await hands.socket(5, 'inputs', 'negative'),
    )
    await hands.drag(await hands.socket(4, 'outputs', 'latent'), await hands.socket(5, 'inputs', 'latent'))
    // What does not fit is not linked.
    await hands.drag(await hands.socket(1, 'outputs', 'vae'), await hands.socket(5, 'inputs', 'probe'))
    expect(await hands.links()).toHaveLength(6)
    // A link dropped on nothing asks for a node that takes it.
    await hands.drag(await hands.socket(5, 'outputs', 'latent'), [1150, 560])
    expect(await text('#search-results')).not.toContain('Load Model')
    await page.locator('.search input').fill('decode')
    await page.keyboard.press('Enter')
    await hands.drag(await hands.socket(1, 'outputs', 'vae'), await hands.socket(6, 'inputs', 'vae'))
    await hands.drag(await hands.socket(6, 'outputs', 'image'), [1150, 700])
    await page.locator('.search input').fill('save image')
    await page.keyboard.press('Enter')
    expect(await hands.links()).toEqual(
      [
        'CLIPTextEncode.conditioning>DiCacheSampler.negative',
        'CLIPTextEncode.conditioning>DiCacheSampler.positive',
        'Decode.image>SaveImage.images',
        'DiCacheSampler.latent>Decode.latent',
        'EmptyLatentImage.latent>DiCacheSampler.latent',
        'LoadModel.clip>CLIPTextEncode.clip',
        'LoadModel.clip>CLIPTextEncode.clip',
        'LoadModel.model>DiCacheSampler.model',
        'LoadModel.vae>Decode.vae',
      ].toSorted(),
    )
    await page.mouse.click(...(await hands.place(4, 130, 38)))
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('128')
    await page.keyboard.press('Enter')
    await page.mouse.click(...(await hands.place(4, 130, 64)))
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('128')
    await page.keyboard.press('Enter')
    expect((await hands.nodes()).find(({ id }) => id === 4)?.widgets).toEqual([128, 128, 1])
    expect(await hands.run()).toBe('finished')
  })

  it('undoes and redoes moves, links, values, pastes and groups, each as one step', async () => {
    const { page } = hands
    const start = await hands.nodes()
    await hands.drag(await hands.place(6, 150, -15), await hands.place(6, 200, 60))
    await page.mouse.click(...(await hands.place(6, 150, -15)))
    await page.keyboard.press('Control+c')
    await page.keyboard.press('Control+v')
    await page.keyboard.press('Control+g')
    await page.keyboard.press('Control+m')
    const changed = await hands.nodes()
    expect(changed).toHaveLength(9)
    for (let step = 0; step < 4; step++) await page.keyboard.press('Control+z')
    expect(await hands.nodes()).toEqual(start)
    for (let step = 0; step < 4; step++) await page.keyboard.press('Control+Shift+z')
    expect(await hands.nodes()).toEqual(changed)
  })
})

it('uploads a picture into a node and shows it there', async () => {
  const { page } = hands
  await page.getByRole('button', { name: 'New workflow' }).click()
  await add('load image', 300, 200)
  await page.locator('#canvas').focus()
  const chooser = page.waitForEvent('filechooser')
  const rows = 2 * 20 + 6 + 26 + 12
  await page.mouse.click(...(await hands.place(1, 130, rows)))
  await (await chooser).setFiles({ name: 'red.png', mimeType: 'image/png', buffer: await redPicture() })
  await expect.poll(async () => (await hands.nodes())[0]?.widgets[0]).toBe('red.png')
  expect(hands.complaints).toEqual([])
})

describe('documents', () => {
  it('are saved, and there again after a reload, also where they were not saved', async () => {
    const { page } = hands
    await page.mouse.click(...(await hands.place(2, 100, 60)))
    await page.locator('textarea.over:focus').waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('a cat, flat style')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+s')
    await page.locator('.dialog input').fill('cats/first')
    await page.keyboard.press('Enter')
    await page.locator('.toast.success').waitFor()
    await page.keyboard.press('Control+d')
    await page.keyboard.press('Control+s')
    await page.locator('.toast.success').nth(1).waitFor()
    await page.keyboard.press('Control+z')
    await page.keyboard.press('w')
    await page.getByRole('button', { name: 'Versions of cats/first' }).first().click()
    await expect.poll(() => page.locator('.dialog .list-main').count()).toBe(2)
    await page.keyboard.press('Escape')
    await page.locator('#canvas').focus()
    await page.keyboard.press('w')
    await hands.drag(await hands.place(6, 150, -15), await hands.place(6, 200, 60))
    const before = await hands.nodes()
    await page.reload()
    await page.waitForSelector('.tab')
    expect(await hands.nodes()).toEqual(before)
    expect(before[1]?.widgets).toEqual(['a cat, flat style'])
    expect(await text('.tab.chosen')).toContain('not saved')
  })

  it('come out of a dropped picture that was made here, and out of a ComfyUI file with nodes that are missing', async () => {
    const { page } = hands
    await hands.run()
    const output = path.join(home, 'output')
    const picture =
      (await readdir(output))
        .filter((name) => name.endsWith('.png'))
        .toSorted()
        .at(-1) ?? ''
    await drop('fox.png', readFileSync(path.join(output, picture)))
    await page.locator('.tab.chosen', { hasText: 'fox' }).waitFor()
    expect(await hands.nodes()).toHaveLength(8)
    const foreign = {
      nodes: [
        {
          id: 3,
          type: 'FaceDetailer',
          pos: [100, 100],
          size: [300, 100],
          widgets_values: [512, 'kept'],
          properties: { cnr_id: 'comfyui-impact-pack', ver: '8.1' },
        },
      ],
      links: [],
    }
    await drop('foreign.json', Buffer.from(JSON.stringify(foreign)))
    await page.locator('.toast', { hasText: 'FaceDetailer' }).waitFor()
    await page.mouse.click(...(await hands.place(3, 100, -15)))
    await page.keyboard.press('i')
    expect(await text('.side')).toMatch(/not installed[\s\S]*comfyui-impact-pack[\s\S]*kept/)
    expect((await hands.nodes())[0]?.widgets).toEqual([512, 'kept'])
  })

  it('with hostile titles and broken parts do no harm', async () => {
    const { page } = hands
    const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u202e${'x'.repeat(100_000)}`
    const nodes = Array.from({ length: 3 }, (_, id) => ({
      id,
      type: id === 0 ? 'SaveImage' : evil,
      title: evil,
      pos: [id * 400, { bad: true }],
      size: 'no',
      widgets_values: [evil],
    }))
    await drop(
      'evil.json',
      Buffer.from(
        JSON.stringify({
          nodes,
          links: [[1, 0, 0, 9, 9, evil], 'x'],
          groups: [{ title: evil, bounding: [0, 0, 900, 300] }],
        }),
      ),
    )
    await page.locator('.tab.chosen', { hasText: 'evil' }).waitFor()
    await page.mouse.click(...(await hands.place(0, 50, -15)))
    await page.keyboard.press('i')
    await page.locator('.side .node-title').waitFor()
    for (const name of ['broken.json', 'broken.png']) await drop(name, Buffer.from('{"nodes":'))
    await page.locator('.toast.error').first().waitFor()
    expect(await page.title()).not.toContain('owned')
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(hands.complaints).toEqual([])
  })
})

it('has no serious fault for axe in any panel, dark and light, and none at 900 px', async () => {
  const { page } = hands
  await set(6, 'seed', '4242')
  await page.keyboard.press('i')
  await hands.run()
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const faults = async (): Promise<readonly string[]> => {
    // The policy of the page refuses scripts from outside; the test's own comes by the debugger.
    await page.evaluate(axe)
    return page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as {
        axe: {
          run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>
        }
      }
      const { violations } = await checker.run()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    })
  }
  const found: string[] = []
  for (const theme of ['dark', 'light']) {
    for (const key of ['w', 'n', 'q', 'g', 'i']) {
      await page.keyboard.press(key)
      await page.locator('.side').waitFor()
      found.push(...(await faults()).map((fault) => `${theme} ${key} ${fault}`))
      await page.keyboard.press(key)
    }
    await page.keyboard.press('d')
    await page.locator('.timeline').waitFor()
    found.push(...(await faults()).map((fault) => `${theme} d ${fault}`))
    await page.keyboard.press('d')
    await page.keyboard.press('?')
    await page.locator('.dialog').waitFor()
    found.push(...(await faults()).map((fault) => `${theme} ? ${fault}`))
    await page.keyboard.press('Escape')
    await page.locator('.rail-button[title="Dark or light"]').click()
    await page.locator('#canvas').focus()
  }
  await page.setViewportSize({ width: 900, height: 720 })
  await page.keyboard.press('q')
  found.push(...(await faults()))
  const run = await page.locator('.run').boundingBox()
  expect((run?.x ?? 900) + (run?.width ?? 0)).toBeLessThanOrEqual(900)
  expect([...new Set(found)]).toEqual([])
}, 90_000)

/** A red square as PNG. */
function redPicture(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: '#f00' } })
    .png()
    .toBuffer()
}

async function drop(name: string, bytes: Buffer): Promise<void> {
  await hands.page.evaluate(
    ([file, base64]) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], file))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    },
    [name, bytes.toString('base64')] as const,
  )
}
