/** What axe finds, in every panel and every dialog, dark and light, and at 900 px. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { set, useEditor } from './use-editor.ts'

const session = useEditor()

it('has no serious fault for axe in any panel, dark and light, and none at 900 px', async () => {
  const { hands } = session
  const { page } = hands
  await set(hands, 6, 'seed', '4242')
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
