/** The editor in a real browser against the real engine: what a user does with mouse, keyboard and files. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { drop, set, useEditor } from './use-editor.ts'

const session = useEditor()

const text = (selector: string): Promise<string> => session.hands.page.locator(selector).innerText()

describe('running', () => {
  it('opens the default workflow at the first visit, runs it, and shows picture, times, timeline and history', async () => {
    const { hands } = session
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
    const { hands } = session
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
    await set(hands, 4, 'width', '24')
    expect(await hands.run()).toBe('failed')
    await page.locator('.toast.error').last().waitFor()
    await set(hands, 4, 'width', '128')
    expect(await hands.run()).toBe('finished')
  })

  it('cancels what runs', async () => {
    const { hands } = session
    const { page } = hands
    await set(hands, 6, 'steps', '5000')
    const ended = hands.run()
    await page.locator('.stop:not([disabled])').click()
    expect(await ended).toBe('cancelled')
  })

  it('misses nothing of a run when the server goes away and comes back', async () => {
    const { hands } = session
    const { page } = hands
    await set(hands, 6, 'seed', '77')
    await set(hands, 6, 'steps', '60')
    await page.keyboard.press('d')
    const ended = hands.run()
    await page.locator('.timeline .cell').first().waitFor()
    await session.server.kill()
    await page.locator('.connection').waitFor()
    expect(await page.locator('.run').isDisabled()).toBe(true)
    await session.server.start()
    expect(await ended).toBe('finished')
    expect(await page.locator('.lane').first().locator('.cell').count()).toBe(60)
  })
})

describe('documents', () => {
  it('are saved, and there again after a reload, also where they were not saved', async () => {
    const { hands } = session
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
    await page.locator('.save-state', { hasText: 'Edited' }).waitFor()
    await page.keyboard.press('Control+s')
    await page.locator('.save-state', { hasText: 'Saved' }).waitFor()
    await page.keyboard.press('Control+z')
    await page.keyboard.press('w')
    await page.getByRole('button', { name: 'Versions of cats/first' }).first().click()
    await expect.poll(() => page.locator('.dialog .version').count()).toBe(2)
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
    const { hands } = session
    const { page } = hands
    await hands.run()
    const output = path.join(session.home, 'output')
    const picture =
      (await readdir(output))
        .filter((name) => name.endsWith('.png'))
        .toSorted()
        .at(-1) ?? ''
    await drop(hands, 'fox.png', readFileSync(path.join(output, picture)))
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
    await drop(hands, 'foreign.json', Buffer.from(JSON.stringify(foreign)))
    await page.locator('.toast', { hasText: 'FaceDetailer' }).waitFor()
    await page.mouse.click(...(await hands.place(3, 100, -15)))
    await page.keyboard.press('i')
    expect(await text('.side')).toMatch(/not installed[\s\S]*comfyui-impact-pack[\s\S]*kept/)
    expect((await hands.nodes())[0]?.widgets).toEqual([512, 'kept'])
  })

  it('with hostile titles and broken parts do no harm', async () => {
    const { hands } = session
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
      hands,
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
    for (const name of ['broken.json', 'broken.png']) await drop(hands, name, Buffer.from('{"nodes":'))
    await page.locator('.toast.error').first().waitFor()
    expect(await page.title()).not.toContain('owned')
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(hands.complaints).toEqual([])
  })
})
