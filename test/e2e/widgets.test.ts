/** Settings on nodes: numbers, choices, switches, seeds, colours, texts and pictures. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Hands } from './open-browser.ts'
import { add, useEditor } from './use-editor.ts'

const session = useEditor()

const valuesOf = async (hands: Hands, id: number): Promise<readonly unknown[]> =>
  (await hands.nodes()).find((node) => node.id === id)?.widgets ?? []
/** The middle of a row of a node: sockets are 20 px, rows 24 and 2 between. */
const row = (hands: Hands, node: number, sockets: number, at: number, x = 130) =>
  hands.place(node, x, sockets * 20 + 6 + at * 26 + 12)

/** The colour of the canvas at a place of the page. */
async function pixel({ page }: Hands, [x, y]: readonly [number, number]): Promise<readonly number[]> {
  const png = await page.screenshot({ clip: { x: Math.round(x), y: Math.round(y), width: 1, height: 1 } })
  return [...(await sharp(png).removeAlpha().raw().toBuffer())]
}

describe('a number', () => {
  it('is dragged in its steps and within its limits, nudged by its arrows, and typed', async () => {
    const { hands } = session
    const { page } = hands
    const [x, y] = await row(hands, 4, 1, 0)
    await hands.drag([x, y], [x + 42, y])
    const dragged = Number((await valuesOf(hands, 4))[0])
    expect(dragged).toBeGreaterThan(128)
    expect(dragged % 8).toBe(0)
    await hands.drag([x, y], [x - 900, y])
    expect(Number((await valuesOf(hands, 4))[0])).toBeGreaterThan(0)
    expect(Number((await valuesOf(hands, 4))[0])).toBeLessThanOrEqual(16)
    const lowest = Number((await valuesOf(hands, 4))[0])
    await page.mouse.click(...(await row(hands, 4, 1, 0, 304)))
    expect(Number((await valuesOf(hands, 4))[0])).toBeGreaterThan(lowest)
    await page.mouse.click(x, y)
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('99999999')
    await page.keyboard.press('Enter')
    const highest = Number((await valuesOf(hands, 4))[0])
    expect(highest).toBeLessThan(99_999_999)
    await page.mouse.click(x, y)
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('wide')
    await page.keyboard.press('Enter')
    await page.locator('.toast.error', { hasText: '“wide” is no number' }).waitFor()
    expect((await valuesOf(hands, 4))[0]).toBe(highest)
  })
})

describe('a choice', () => {
  it('is found by typing and taken by keys; the next list begins whole', async () => {
    const { hands } = session
    const { page } = hands
    await page.mouse.click(...(await row(hands, 6, 5, 4)))
    await page.keyboard.type('dpmpp_2m')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    expect((await valuesOf(hands, 6))[4]).toBe('dpmpp_2m')
    await page.mouse.click(...(await row(hands, 6, 5, 4)))
    await page.keyboard.type('dpm')
    // Straight to another one, without closing this.
    await page.mouse.click(...(await row(hands, 6, 5, 1)))
    await page.locator('.choices li', { hasText: 'decrement' }).waitFor()
    expect(await page.locator('.choices input').inputValue()).toBe('')
    await page.locator('.choices li', { hasText: 'decrement' }).click()
    expect((await valuesOf(hands, 6))[1]).toBe('decrement')
  })
})

describe('a seed', () => {
  it('stays, rises or is drawn anew after each run, all 64 bits of it', async () => {
    const { hands } = session
    const { page } = hands
    const choose = async (control: string): Promise<void> => {
      await page.mouse.click(...(await row(hands, 6, 5, 1)))
      await page.locator('.choices li', { hasText: new RegExp(`^${control}$`) }).click()
    }
    const steps = await row(hands, 6, 5, 2)
    await page.mouse.click(...steps)
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('2')
    await page.keyboard.press('Enter')
    await page.mouse.click(...(await row(hands, 6, 5, 0)))
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('18446744073709551614')
    await page.keyboard.press('Enter')
    await choose('increment')
    const seed = (): Promise<string> =>
      page.evaluate(() => {
        const { dicacheEditor } = globalThis as unknown as {
          dicacheEditor: {
            state: () => { tabs: { doc: { root: { nodes: Map<string, { widgets: unknown[] }> } } }[] }
          }
        }
        return String(dicacheEditor.state().tabs[0]?.doc.root.nodes.get('6')?.widgets[0])
      })
    expect(await seed()).toBe('18446744073709551614')
    expect(await hands.run()).toBe('finished')
    expect(await seed()).toBe('18446744073709551615')
    await choose('randomize')
    expect(await hands.run()).toBe('finished')
    const drawn = await seed()
    expect(drawn).not.toBe('18446744073709551615')
    await choose('fixed')
    expect(await hands.run()).toBe('finished')
    expect(await seed()).toBe(drawn)
  })
})

describe('a colour', () => {
  it('is picked, or typed', async () => {
    const { hands } = session
    const { page } = hands
    await page.getByRole('button', { name: 'New workflow' }).click()
    await add(hands, 'EmptyImage', 400, 300)
    await page.keyboard.press('Escape')
    await page.mouse.click(...(await row(hands, 1, 1, 3)))
    await page.locator('.over input[type="color"]').fill('#00cc44')
    expect((await valuesOf(hands, 1))[3]).toBe(0x00cc44)
    await page.keyboard.press('Escape')
    const [r = 0, g = 0, b = 0] = await pixel(hands, await hands.place(1, 164, 20 + 6 + 3 * 26 + 12))
    expect([r < 60, g > 150, b < 120]).toEqual([true, true, true])
  })
})

describe('a text', () => {
  it('is one step of undo however long one types, and its weights are coloured', async () => {
    const { hands } = session
    const { page } = hands
    await page.mouse.click(...(await hands.place(2, 100, 60)))
    await page.locator('textarea.over:focus').waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('(((((((((((((((:1.3)')
    await page.keyboard.press('Escape')
    expect(await valuesOf(hands, 2)).toEqual(['(((((((((((((((:1.3)'])
    const box = await hands.place(2, 18, 30)
    const png = await page.screenshot({ clip: { x: box[0], y: box[1], width: 120, height: 16 } })
    const pixels = await sharp(png).removeAlpha().raw().toBuffer()
    let orange = 0
    for (let at = 0; at < pixels.length; at += 3) if ((pixels[at] ?? 0) > (pixels[at + 2] ?? 0) + 60) orange++
    expect(orange).toBeGreaterThan(20)
    await page.keyboard.press('Control+z')
    expect(await valuesOf(hands, 2)).toEqual(['a fox, 3d style'])
  })
})

describe('a picture', () => {
  it('is uploaded into a node, chosen there, and shown on it', async () => {
    const { hands } = session
    const { page } = hands
    await page.getByRole('button', { name: 'New workflow' }).click()
    await add(hands, 'load image', 300, 200)
    await page.locator('#canvas').focus()
    const chooser = page.waitForEvent('filechooser')
    await page.mouse.click(...(await row(hands, 1, 2, 1)))
    const red = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#f00' } })
      .png()
      .toBuffer()
    await (await chooser).setFiles({ name: 'red.png', mimeType: 'image/png', buffer: red })
    await expect.poll(async () => (await valuesOf(hands, 1))[0]).toBe('red.png')
    const middle = await hands.place(1, 130, 2 * 20 + 6 + 2 * 26 + 50)
    await expect.poll(() => pixel(hands, middle)).toEqual([255, 0, 0])
    expect(hands.complaints).toEqual([])
  })
})
