/** Takes the pictures of docs/screenshots: every panel, dark and light. `node test/e2e/take-screenshots.ts` */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { buildEditor } from './build-editor.ts'
import { openBrowser, openEditor } from './open-browser.ts'
import { startServer } from './start-server.ts'

const folder = path.resolve(import.meta.dirname, '../../docs/screenshots')
const PANELS = [
  ['w', 'workflows'],
  ['n', 'nodes'],
  ['q', 'queue'],
  ['g', 'gallery'],
  ['i', 'node'],
] as const

await mkdir(folder, { recursive: true })
await buildEditor()
const home = await mkdtemp(path.join(os.tmpdir(), 'dicache-shots-'))
const server = await startServer(home)
const browser = await openBrowser()
try {
  const { page, open, run, place, socket, drag } = await openEditor(browser, { width: 1440, height: 900 })
  const shoot = async (name: string, theme: string): Promise<void> => {
    await page.waitForTimeout(250)
    const png = await page.screenshot()
    const small = await sharp(png).resize(1200).png({ palette: true, quality: 80, effort: 10 }).toBuffer()
    await writeFile(path.join(folder, `${name}-${theme}.png`), small)
  }
  await open(server.url)
  await run()
  await page.keyboard.press('Control+s')
  await page.locator('.dialog input').fill('fox')
  await page.keyboard.press('Enter')
  await page.locator('.toast.success').waitFor()
  await page.mouse.click(...(await place(6, 160, -15)))
  await page.keyboard.press('i')
  await page.locator('#field-6-seed').fill('8')
  await page.locator('#field-6-seed').press('Enter')
  await page.locator('#canvas').focus()
  await page.keyboard.press('i')
  await run()
  for (const theme of ['dark', 'light']) {
    await page
      .locator('.toast .ghost')
      .first()
      .click({ timeout: 300 })
      .catch(() => undefined)
    await shoot('canvas', theme)
    for (const [key, name] of PANELS) {
      await page.keyboard.press(key)
      await page.locator('.side').waitFor()
      await shoot(name, theme)
      if (name === 'gallery') {
        const picks = page.getByRole('button', { name: /for comparing/ })
        if ((await page.locator('.shot.chosen').count()) < 2)
          for (const at of [0, 1]) await picks.nth(at).click()
        await page.getByRole('button', { name: 'Compare two' }).click()
        await page.locator('.metrics', { hasText: 'PSNR' }).waitFor()
        await shoot('compare', theme)
        await page.keyboard.press('Escape')
      }
      await page.locator('#canvas').focus()
      await page.keyboard.press(key)
    }
    await page.keyboard.press('d')
    await page.locator('.timeline').waitFor()
    await shoot('dicache', theme)
    await page.keyboard.press('d')
    await page.keyboard.press('?')
    await shoot('keys', theme)
    await page.keyboard.press('Escape')
    await drag(await socket(7, 'outputs', 'image'), [1100, 780])
    await page.locator('.search input').waitFor()
    await shoot('search', theme)
    await page.keyboard.press('Escape')
    await drag(await socket(7, 'inputs', 'vae'), [1380, 700])
    await page.locator('.search input').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+Enter')
    await page.locator('.toast.error').waitFor()
    await shoot('error', theme)
    await page.keyboard.press('Control+z')
    await page.locator('.rail-button[title="Dark or light"]').click()
    await page.locator('#canvas').focus()
  }
} finally {
  await browser.close()
  await server.dispose()
  await rm(home, { recursive: true, force: true })
}
