/** Pictures of past runs: compared, opened, deleted with their files or without; missing ones are told. */
import { access, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openEditor, type Hands } from './open-browser.ts'
import { set, useEditor } from './use-editor.ts'

const session = useEditor()

const pictures = async (): Promise<readonly string[]> =>
  (await readdir(path.join(session.home, 'output'))).filter((name) => name.endsWith('.png')).toSorted()
const exists = (name: string): Promise<boolean> =>
  access(path.join(session.home, 'output', name)).then(
    () => true,
    () => false,
  )

/** Makes a picture of a seed of its own, and opens the gallery. */
async function runAndLook(hands: Hands, seed: number): Promise<string> {
  await set(hands, 6, 'seed', String(seed))
  expect(await hands.run()).toBe('finished')
  const name = (await pictures()).at(-1) ?? ''
  await hands.page.locator('#canvas').focus()
  await hands.page.keyboard.press('g')
  await hands.page.locator('.shot').first().waitFor()
  return name
}

/** Which share of the compared pictures is the left one, at a height of its middle. */
async function shown(hands: Hands): Promise<string> {
  return hands.page
    .locator('.compare')
    .evaluate((element) => getComputedStyle(element).getPropertyValue('--split'))
}

describe('comparing', () => {
  it('the cached run with the same run uncached: slider, side by side, difference, PSNR and SSIM', async () => {
    const { hands } = session
    const { page } = hands
    await set(hands, 6, 'seed', '21')
    expect(await hands.run()).toBe('finished')
    await page.keyboard.press('d')
    await page.locator('.timeline .cell.reused').first().waitFor()
    await page.getByRole('button', { name: 'Compare with uncached' }).click()
    const metrics = page.locator('.metrics')
    await metrics.filter({ hasText: 'PSNR' }).waitFor({ timeout: 30_000 })
    const [, db, ssim] = /PSNR ([\d.]+) dB · SSIM ([\d.]+)/.exec(await metrics.innerText()) ?? []
    expect(Number(db)).toBeGreaterThan(15)
    expect(Number(db)).toBeLessThan(60)
    expect(Number(ssim)).toBeGreaterThan(0.5)
    expect(Number(ssim)).toBeLessThan(1)
    expect(await page.locator('.names').innerText()).toMatch(/cached · .*uncached · /s)
    expect(await shown(hands)).toBe('50%')
    await page.getByRole('slider').focus()
    for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowRight')
    expect(await shown(hands)).toBe('60%')
    await page.getByRole('button', { name: 'Side by side' }).click()
    // The page is drawn anew after the click.
    const gapPx = async (): Promise<number> => {
      const [left, right] = await Promise.all(
        ['.compare .left', '.compare .right'].map((part) => page.locator(part).boundingBox()),
      )
      return (right?.x ?? 0) - (left?.x ?? 0) - (left?.width ?? Number.POSITIVE_INFINITY)
    }
    await expect.poll(gapPx).toBeGreaterThan(-1)
    await page.getByRole('button', { name: 'Difference ×8' }).click()
    const bright = await page.locator('.compare canvas').evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      return [canvas.width, Array.from(data).some((value, at) => at % 4 !== 3 && value > 20)]
    })
    expect(bright).toEqual([128, true])
    expect(hands.complaints).toEqual([])
  })

  it('two of the gallery; the same picture twice is equal', async () => {
    const { hands } = session
    const { page } = hands
    await runAndLook(hands, 22)
    await page
      .getByRole('button', { name: /for comparing/ })
      .nth(0)
      .click()
    expect(await page.getByRole('button', { name: 'Compare two' }).isDisabled()).toBe(true)
    await page
      .getByRole('button', { name: /for comparing/ })
      .nth(1)
      .click()
    await page.getByRole('button', { name: 'Compare two' }).click()
    await page.locator('.metrics', { hasText: /PSNR [\d.]+ dB/ }).waitFor()
  })
})

describe('deleting', () => {
  it('says what goes; the record alone leaves the file, the files too leave nothing', async () => {
    const { hands } = session
    const { page } = hands
    const first = await runAndLook(hands, 31)
    const count = await page.locator('.shot').count()
    await page.getByRole('button', { name: `Delete ${first}…` }).click()
    expect(await page.locator('.dialog').innerText()).toMatch(
      new RegExp(`${first}[\\s\\S]*Neither can be undone`),
    )
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    expect(await page.locator('.shot').count()).toBe(count)
    await page.getByRole('button', { name: `Delete ${first}…` }).click()
    await page.getByRole('button', { name: 'Remove from history' }).click()
    await expect.poll(() => page.locator('.shot').count()).toBe(count - 1)
    expect(await exists(first)).toBe(true)
    await page.locator('#canvas').focus()
    await page.keyboard.press('g')
    const second = await runAndLook(hands, 32)
    await page.getByRole('button', { name: `Delete ${second}…` }).click()
    await page.getByRole('button', { name: 'Delete files too' }).click()
    await page.locator('.toast.success', { hasText: 'Deleted' }).waitFor()
    await expect.poll(() => page.locator('.shot').count()).toBe(count - 1)
    expect([await exists(second), await exists(first)]).toEqual([false, true])
    // The same once more makes the file again: no result is taken whose file is gone.
    await page.locator('#canvas').focus()
    expect(await hands.run()).toBe('finished')
    expect((await pictures()).length).toBeGreaterThan(0)
    expect(await exists((await pictures()).at(-1) ?? '')).toBe(true)
  })

  it('shows a picture whose file was taken away as gone', async () => {
    const name = await runAndLook(session.hands, 33)
    await rm(path.join(session.home, 'output', name))
    // A browser that has not seen it before.
    const { page, open } = await openEditor(session.browser, { width: 1440, height: 900 })
    await open(session.server.url)
    await page.locator('#canvas').focus()
    await page.keyboard.press('g')
    await page.locator('.shot[data-gone]').first().waitFor()
    const count = await page.locator('.shot').count()
    await page.getByRole('button', { name: `Delete ${name}…` }).click()
    await page.getByRole('button', { name: 'Delete files too' }).click()
    await expect.poll(() => page.locator('.shot').count()).toBe(count - 1)
  })

  it('clears the history only when it was confirmed', async () => {
    const { hands } = session
    const { page } = hands
    await runAndLook(hands, 34)
    await page.keyboard.press('q')
    await page.locator('.side').getByRole('button', { name: 'Clear history' }).click()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    expect(await page.locator('.side .thumb').count()).toBeGreaterThan(0)
    await page.locator('.side').getByRole('button', { name: 'Clear history' }).click()
    await page.locator('.dialog').getByRole('button', { name: 'Clear history' }).click()
    await page.getByText('No runs yet').waitFor()
  })
})

it('opens the workflow that made a picture, as it was', async () => {
  const { hands } = session
  const { page } = hands
  await runAndLook(hands, 41)
  await set(hands, 6, 'seed', '42')
  await page.keyboard.press('g')
  await page.getByRole('button', { name: 'Open its workflow' }).first().click()
  await expect.poll(() => page.locator('.tab').count()).toBe(2)
  expect((await hands.nodes()).find(({ id }) => id === 6)?.widgets[0]).toBe(41)
})
