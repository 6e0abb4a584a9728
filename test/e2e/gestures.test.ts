/** Gestures of the canvas: groups, modes, links into the void, subgraphs, copies from tab to tab. */
import { describe, expect, it } from 'vitest'
import type { Shows } from './open-browser.ts'
import { choose, menu, titleOf } from './canvas-hands.ts'
import { useEditor } from './use-editor.ts'

const session = useEditor()

const one = (shows: Shows, id: number): Shows['nodes'][number] | undefined =>
  shows.nodes.find((node) => node.id === id)
describe('groups', () => {
  it('take the nodes on them along, are renamed, and removed without them', async () => {
    const { hands } = session
    const { page } = hands
    await choose(hands, 7)
    await page.keyboard.press('Control+g')
    const [group] = (await hands.shows()).groups
    const [x = 0, y = 0] = group?.bounding ?? []
    const [left, top] = one(await hands.shows(), 7)?.pos ?? [0, 0]
    const head = await hands.place(7, x - left + 30, y - top + 14)
    await hands.drag(head, [head[0], head[1] + 300])
    const moved = await hands.shows()
    expect(one(moved, 7)?.pos[1]).toBeGreaterThan(top + 100)
    expect(one(moved, 7)?.pos[0]).toBe(left)
    expect((moved.groups[0]?.bounding[1] ?? 0) - y).toBe((one(moved, 7)?.pos[1] ?? 0) - top)
    await page.mouse.dblclick(head[0], head[1] + 300)
    await page.locator('.dialog input').fill('Decoding')
    await page.keyboard.press('Enter')
    expect((await hands.shows()).groups[0]?.title).toBe('Decoding')
    await page.mouse.click(head[0], head[1] + 300, { button: 'right' })
    await page.getByRole('menuitem', { name: 'Remove group' }).click()
    expect([(await hands.shows()).groups, (await hands.shows()).nodes.length]).toEqual([[], 8])
  })
})

describe('modes', () => {
  it('mute and bypass are shown, saved with the document, and a muted output does not run', async () => {
    const { hands } = session
    const { page } = hands
    await choose(hands, 8)
    await page.keyboard.press('Control+m')
    expect(one(await hands.shows(), 8)?.mode).toBe(2)
    await page.keyboard.press('Control+Enter')
    await page.locator('.toast.error').waitFor()
    await page.keyboard.press('Control+b')
    expect(one(await hands.shows(), 8)?.mode).toBe(4)
    await page.keyboard.press('Control+b')
    expect(one(await hands.shows(), 8)?.mode).toBe(0)
    expect(await hands.run()).toBe('finished')
  })
})

describe('a link dragged into the void', () => {
  it('from an output finds nodes that take it, from an input nodes that give it, and links them', async () => {
    const { hands } = session
    const { page } = hands
    const found = async (): Promise<string> => page.locator('#search-results').innerText()
    await hands.drag(await hands.socket(7, 'outputs', 'image'), [1150, 760])
    await page.locator('.search input:focus').waitFor()
    expect(await found()).toContain('Preview Image')
    expect(await found()).not.toContain('Load Model')
    await page.locator('.search input').fill('load model')
    await page.getByText('Nothing fits').waitFor()
    await page.locator('.search input').fill('preview image')
    await page.keyboard.press('Enter')
    expect(await hands.links()).toContain('Decode.image>PreviewImage.images')
    await hands.drag(await hands.socket(6, 'inputs', 'latent'), [1000, 780])
    await page.keyboard.press('Escape')
    await hands.drag(await hands.socket(6, 'inputs', 'latent'), [700, 800])
    await page.locator('.search input:focus').waitFor()
    expect(await found()).toContain('Empty Latent Image')
    expect(await found()).not.toContain('Save Image')
    await page.locator('.search input').fill('empty latent image')
    await page.keyboard.press('Enter')
    expect((await hands.nodes()).filter(({ type }) => type === 'EmptyLatentImage')).toHaveLength(2)
    expect(await hands.links()).toContain('EmptyLatentImage.latent>DiCacheSampler.latent')
  })
})

describe('subgraphs', () => {
  it('are made of what is chosen, opened, left by their path, and unpacked; the run is the same', async () => {
    const { hands } = session
    const { page } = hands
    const before = await hands.links()
    await choose(hands, 2, 3, 5)
    await page.keyboard.press('Control+Shift+g')
    const made = await hands.shows()
    expect([made.subgraphs, made.nodes.length, made.links]).toEqual([1, 6, 9])
    const instance = made.nodes.find(({ type }) => type.includes('-'))?.id ?? 0
    expect(await hands.run()).toBe('finished')
    await page.mouse.dblclick(...(await titleOf(hands, instance)))
    await page.locator('.trail').waitFor()
    const inside = await hands.shows()
    expect([inside.depth, inside.nodes.map(({ type }) => type).toSorted()]).toEqual([
      1,
      ['CLIPTextEncode', 'CLIPTextEncode', 'ProbeConfig'],
    ])
    // What is edited inside is undone there.
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+m')
    expect((await hands.shows()).nodes.map(({ mode }) => mode)).toEqual([2, 2, 2])
    await page.keyboard.press('Control+z')
    expect((await hands.shows()).nodes.map(({ mode }) => mode)).toEqual([0, 0, 0])
    await page.locator('.trail button').first().click()
    await page.locator('.trail').waitFor({ state: 'detached' })
    expect((await hands.shows()).depth).toBe(0)
    await menu(hands, instance, 'Open subgraph')
    expect((await hands.shows()).depth).toBe(1)
    await page.locator('.trail button').first().click()
    await menu(hands, instance, 'Unpack subgraph')
    const unpacked = await hands.shows()
    expect([unpacked.subgraphs, unpacked.nodes.length, unpacked.links]).toEqual([0, 8, 10])
    expect(await hands.links()).toEqual(before)
    expect(await hands.run()).toBe('finished')
    expect(hands.complaints).toEqual([])
  })
})

describe('copies', () => {
  it('go from tab to tab, with the links between them and their values', async () => {
    const { hands } = session
    const { page } = hands
    await choose(hands, 7, 8)
    await page.keyboard.press('Control+c')
    await page.getByRole('button', { name: 'New workflow' }).click()
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+v')
    await expect.poll(async () => (await hands.shows()).nodes.length).toBe(2)
    expect(await hands.links()).toEqual(['Decode.image>SaveImage.images'])
    await page.keyboard.press('Control+v')
    await expect.poll(async () => (await hands.shows()).nodes.length).toBe(4)
    expect((await hands.shows()).selection).toHaveLength(2)
    await page.locator('.tab-name').first().click()
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+v')
    await expect.poll(async () => (await hands.shows()).nodes.length).toBe(10)
  })

  it('go into another window of the browser', async () => {
    const { hands, server } = session
    await choose(hands, 6)
    await hands.page.keyboard.press('Control+c')
    const other = await hands.page.context().newPage()
    await other.goto(server.url)
    await other.waitForFunction(() => document.querySelector('.canvas-note .spinner') === null)
    await other.getByRole('button', { name: 'New workflow' }).click()
    await other.locator('#canvas').focus()
    await other.keyboard.press('Control+v')
    const types = (): Promise<readonly string[]> =>
      other.evaluate(() => {
        const { dicacheEditor } = globalThis as unknown as {
          dicacheEditor: {
            state: () => {
              active: string
              tabs: { id: string; doc: { root: { nodes: Map<string, { type: string }> } } }[]
            }
          }
        }
        const { tabs, active } = dicacheEditor.state()
        const tab = tabs.find(({ id }) => id === active)
        return [...(tab?.doc.root.nodes.values() ?? [])].map(({ type }) => type)
      })
    await expect.poll(types).toEqual(['DiCacheSampler'])
    await other.close()
  })
})
