/** What axe finds in every panel and every dialog, dark and light; keys alone; small windows; reduced motion. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { choose } from './canvas-hands.ts'
import type { Hands } from './open-browser.ts'
import { drop, saveAs, set, useEditor } from './use-editor.ts'

const session = useEditor()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Serious faults of what is shown now. */
async function faults(page: Page, where: string): Promise<readonly string[]> {
  // The policy of the page refuses scripts from outside; the test's own comes by the debugger.
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await checker.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  return found.map((fault) => `${where} ${fault}`)
}

const closeDialog = async ({ page }: Hands): Promise<void> => {
  await page.keyboard.press('Escape')
  await page.locator('.veil').waitFor({ state: 'detached' })
  await page.locator('#canvas').focus()
}

/** What lies over the page, and how it is opened. */
const OVERLAYS: readonly (readonly [name: string, open: (hands: Hands) => Promise<void>])[] = [
  ['search', async ({ page }) => page.keyboard.press('Tab')],
  ['menu', async ({ page, place }) => page.mouse.click(...(await place(6, 80, -15)), { button: 'right' })],
  ['keys', async ({ page }) => page.keyboard.press('?')],
  ['save as', async ({ page }) => page.keyboard.press('Control+Shift+s')],
  ['choices', async ({ page, place }) => page.mouse.click(...(await place(6, 130, 222)))],
  ['number', async ({ page, place }) => page.mouse.click(...(await place(6, 130, 170)))],
  ['text', async ({ page, place }) => page.mouse.click(...(await place(2, 100, 60)))],
  [
    'templates',
    async ({ page }) => {
      await page.getByRole('button', { name: 'File' }).click()
      await page.getByRole('menuitem', { name: 'Templates…' }).click()
      await page.locator('.dialog .card-button').first().waitFor()
    },
  ],
  [
    'versions',
    async ({ page }) => {
      await page.keyboard.press('w')
      await page.getByRole('button', { name: 'Versions of axe' }).first().click()
      await page.locator('.dialog .version').first().waitFor()
    },
  ],
  [
    'delete a workflow',
    async ({ page }) => {
      await page.keyboard.press('w')
      await page.keyboard.press('w')
      await page.getByRole('button', { name: 'Delete axe' }).first().click()
    },
  ],
  [
    'delete a run',
    async ({ page }) => {
      await page.keyboard.press('g')
      await page
        .getByRole('button', { name: /^Delete .*…$/ })
        .first()
        .click()
      await page.locator('.dialog').waitFor()
    },
  ],
]

describe('axe finds no serious fault', () => {
  it.each(['dark', 'light'])(
    'in %s panels and dialogs',
    async (theme) => {
      const { hands } = session
      const { page } = hands
      await set(hands, 6, 'seed', theme === 'dark' ? '4242' : '4243')
      await page.keyboard.press('i')
      await saveAs(hands, `axe ${theme}`)
      await hands.run()
      if (theme === 'light') await page.locator('.rail-button[title="Dark or light"]').click()
      await page.locator('#canvas').focus()
      const found: string[] = [...(await faults(page, 'canvas'))]
      for (const key of ['w', 'n', 'q', 'g', 'i']) {
        await page.keyboard.press(key)
        await page.locator('.side').waitFor()
        found.push(...(await faults(page, key)))
        await page.keyboard.press(key)
      }
      await page.keyboard.press('d')
      await page.locator('.timeline').waitFor()
      found.push(...(await faults(page, 'dock')))
      await page.keyboard.press('d')
      for (const [name, open] of OVERLAYS) {
        await open(hands)
        await page.locator('.veil').waitFor()
        found.push(...(await faults(page, name)))
        await closeDialog(hands)
      }
      expect([...new Set(found)]).toEqual([])
    },
    90_000,
  )

  it('in what is empty, broken, in conflict, or away', async () => {
    const { hands, server } = session
    const { page } = hands
    const found: string[] = []
    await drop(hands, 'foreign.json', Buffer.from('{"nodes":[{"id":1,"type":"Gone"}],"links":[]}'))
    await page.locator('.toast').waitFor()
    found.push(...(await faults(page, 'missing')))
    await page.getByRole('button', { name: 'New workflow' }).click()
    found.push(...(await faults(page, 'empty')))
    await page.locator('#canvas').focus()
    await page.keyboard.press('d')
    found.push(...(await faults(page, 'empty dock')))
    await page.keyboard.press('Control+Enter')
    await page.locator('.toast.error').waitFor()
    found.push(...(await faults(page, 'refused')))
    await saveAs(hands, 'twice')
    await page.evaluate(() =>
      fetch('/documents/twice.json?overwrite=true', { method: 'PUT', body: '{"nodes":[],"links":[],"a":1}' }),
    )
    await page.keyboard.press('Control+s')
    await page.locator('.conflict').waitFor()
    found.push(...(await faults(page, 'conflict')))
    await server.kill()
    await page.locator('.connection').waitFor()
    found.push(...(await faults(page, 'away')))
    await server.start()
    expect(found).toEqual([])
  }, 60_000)
})

it('everything that is needed is within 900 px', async () => {
  const { hands } = session
  const { page } = hands
  await page.setViewportSize({ width: 900, height: 720 })
  await page.keyboard.press('q')
  expect(await faults(page, '900')).toEqual([])
  for (const part of ['.run', '.stop', '.side', '.canvas-tools', '.rail']) {
    const box = await page.locator(part).boundingBox()
    expect([part, (box?.x ?? -1) >= 0, (box?.x ?? 900) + (box?.width ?? 0) <= 900]).toEqual([
      part,
      true,
      true,
    ])
  }
  await page.locator('#canvas').focus()
  await page.keyboard.press('?')
  const dialog = await page.locator('.dialog').boundingBox()
  expect((dialog?.y ?? 720) + (dialog?.height ?? 0)).toBeLessThanOrEqual(720)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(900)
})

it('keys alone add a node, set a value in its panel, run, and read the history', async () => {
  const { hands } = session
  const { page } = hands
  await page.locator('#canvas').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.type('note')
  await page.keyboard.press('Enter')
  expect((await hands.nodes()).at(-1)?.type).toBe('Note')
  await page.keyboard.press('Delete')
  await choose(hands, 6)
  await page.keyboard.press('i')
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '')
  await page.locator('.side header button').focus()
  for (let step = 0; step < 12 && (await focused()) !== 'field-6-steps'; step++)
    await page.keyboard.press('Tab')
  expect(await focused()).toBe('field-6-steps')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('4')
  await page.keyboard.press('Control+Enter')
  await page.locator('.run-progress').waitFor({ state: 'attached' })
  await page.locator('#canvas').focus()
  await page.keyboard.press('q')
  await page.locator('.side .thumb').first().waitFor({ timeout: 20_000 })
  expect((await hands.nodes()).find(({ id }) => id === 6)?.widgets[2]).toBe(4)
  // Focus stays in an open dialog, and comes back to the canvas.
  await page.locator('#canvas').focus()
  await page.keyboard.press('?')
  for (let step = 0; step < 5; step++) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('.dialog') !== null)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect.poll(focused).toBe('canvas')
})

it('nothing moves for those who do not want it', async () => {
  const { hands } = session
  const { page } = hands
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { animationDuration, animationName, transitionDuration } = getComputedStyle(element)
      const long = (text: string): boolean => text.split(',').some((part) => Number.parseFloat(part) > 0.01)
      return (animationName !== 'none' && long(animationDuration)) || long(transitionDuration)
        ? [element.className]
        : []
    }),
  )
  expect(moving).toEqual([])
})
