/** Takes the pictures of docs/screenshots: every panel and dialog, dark and light. `node test/e2e/take-screenshots.ts` */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { buildEditor } from './build-editor.ts'
import { openBrowser, openEditor } from './open-browser.ts'
import { startServer } from './start-server.ts'
import { saveAs, set } from './use-editor.ts'

const folder = path.resolve(import.meta.dirname, '../../docs/screenshots')
const PANELS = [
  ['w', 'workflows'],
  ['n', 'nodes'],
  ['q', 'queue'],
  ['g', 'gallery'],
  ['i', 'node'],
] as const

await mkdir(folder, { recursive: true })
for (const name of await readdir(folder)) if (name.endsWith('.png')) await rm(path.join(folder, name))
await buildEditor()
const home = await mkdtemp(path.join(os.tmpdir(), 'dicache-shots-'))
const server = await startServer(home)
const browser = await openBrowser()
try {
  const hands = await openEditor(browser, { width: 1440, height: 900 })
  const { page, open, run, place, socket, drag } = hands
  const shoot = async (name: string, theme: string): Promise<void> => {
    const passing = name === 'error' ? '.toast:not(.error) .ghost' : '.toast .ghost'
    for (const toast of await page.locator(passing).all())
      await toast.click({ timeout: 500 }).catch(() => undefined)
    await page.waitForTimeout(250)
    const png = await page.screenshot()
    const small = await sharp(png).resize(1200).png({ palette: true, quality: 80, effort: 10 }).toBuffer()
    await writeFile(path.join(folder, `${name}-${theme}.png`), small)
  }
  const close = async (): Promise<void> => {
    await page.keyboard.press('Escape')
    await page.locator('#canvas').focus()
  }
  await open(server.url)
  await run()
  await saveAs(hands, 'fox')
  await set(hands, 6, 'seed', '8')
  await page.keyboard.press('i')
  await run()
  await page.keyboard.press('Control+s')
  for (const theme of ['dark', 'light']) {
    await shoot('canvas', theme)
    for (const [key, name] of PANELS) {
      await page.keyboard.press(key)
      await page.locator('.side').waitFor()
      if (name === 'node') await page.mouse.click(...(await place(6, 100, -15)))
      await shoot(name, theme)
      if (name === 'workflows') {
        await page.getByRole('button', { name: 'Versions of fox' }).first().click()
        await page.locator('.dialog .version').first().waitFor()
        await shoot('versions', theme)
        await close()
      }
      if (name === 'gallery') {
        await page
          .getByRole('button', { name: /^Delete .*…$/ })
          .first()
          .click()
        await page.locator('.dialog').waitFor()
        await shoot('delete', theme)
        await close()
      }
      await page.locator('#canvas').focus()
      await page.keyboard.press(key)
    }
    await page.keyboard.press('d')
    await page.locator('.timeline').waitFor()
    await shoot('dicache', theme)
    await page.getByRole('button', { name: 'Compare with uncached' }).click()
    await page.locator('.metrics', { hasText: 'PSNR' }).waitFor({ timeout: 60_000 })
    await shoot('compare', theme)
    await close()
    await page.keyboard.press('d')
    await page.keyboard.press('?')
    await shoot('keys', theme)
    await close()
    await page.getByRole('button', { name: 'File' }).click()
    await page.getByRole('menuitem', { name: 'Templates…' }).click()
    await page.locator('.card-button').first().waitFor()
    await shoot('templates', theme)
    await close()
    await drag(await socket(7, 'outputs', 'image'), [1100, 760])
    await page.locator('.search input').waitFor()
    await shoot('search', theme)
    await close()
    await drag(await socket(7, 'inputs', 'vae'), [1180, 800])
    await page.locator('.search input').waitFor()
    await close()
    await page.keyboard.press('Control+Enter')
    await page.locator('.toast.error').waitFor()
    await shoot('error', theme)
    await page.keyboard.press('Control+z')
    // Somebody else saves the same workflow.
    await page.evaluate(
      (words) =>
        fetch('/documents/fox.json?overwrite=true', {
          method: 'PUT',
          body: JSON.stringify({ nodes: [], links: [], extra: { words } }),
        }),
      theme,
    )
    await set(hands, 6, 'seed', theme === 'dark' ? '9' : '10')
    await page.keyboard.press('i')
    await page.keyboard.press('Control+s')
    await page.locator('.conflict').waitFor()
    await shoot('conflict', theme)
    await page.getByRole('button', { name: 'Replace theirs' }).click()
    await page.locator('.conflict').waitFor({ state: 'detached' })
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+z')
    await page.locator('.rail-button[title="Dark or light"]').click()
    await page.locator('#canvas').focus()
  }
} finally {
  await browser.close()
  await server.dispose()
  await rm(home, { recursive: true, force: true })
}
