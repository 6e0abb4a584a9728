/** Autosave, versions, two windows with the same workflow, and a server that is away. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openEditor, type Hands } from './open-browser.ts'
import { saveAs, set, useEditor } from './use-editor.ts'

const session = useEditor()

const workflows = (): string => path.join(session.home, 'user/default/workflows')
const saved = (name: string): Promise<string> => readFile(path.join(workflows(), `${name}.json`), 'utf8')
const state = ({ page }: Hands, words: string): Promise<void> =>
  page.locator('.save-state', { hasText: words }).waitFor()

/** Lets the page's clock run on at once; the server's goes its own way. */
async function later({ page }: Hands, work: () => Promise<void>, ms = 6000): Promise<void> {
  await page.clock.install()
  await work()
  await page.clock.fastForward(ms)
}

async function prompt({ page, place }: Hands, words: string): Promise<void> {
  await page.mouse.click(...(await place(2, 100, 60)))
  await page.locator('textarea.over:focus').waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(words)
  await page.keyboard.press('Escape')
}

async function openSaved({ page }: Hands, name: string): Promise<void> {
  await page.locator('#canvas').focus()
  await page.keyboard.press('w')
  await page.locator('.list-main', { hasText: name }).first().click()
  await page.locator('.tab.chosen', { hasText: path.basename(name) }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#canvas').focus()
  await page.keyboard.press('w')
}

const versions = async (page: Page, name: string): Promise<readonly string[]> => {
  if (!(await page.locator('.side').isVisible())) await page.keyboard.press('w')
  await page
    .getByRole('button', { name: `Versions of ${name}` })
    .first()
    .click()
  await page.locator('.dialog .version').first().waitFor()
  return page.locator('.dialog .version small').allInnerTexts()
}

describe('autosave', () => {
  it('saves a named workflow a moment after a change, lists it as such, and brings any version back', async () => {
    const { hands } = session
    const { page } = hands
    await saveAs(hands, 'auto/one')
    await later(hands, () => prompt(hands, 'a red boat'))
    await state(hands, 'Saved')
    expect(await saved('auto/one')).toContain('a red boat')
    expect(await page.locator('.tab.chosen').innerText()).not.toContain('not saved')
    expect(await versions(page, 'auto/one')).toEqual(['autosave, the newest', 'saved'])
    await page
      .getByRole('button', { name: /^Restore, version/ })
      .nth(1)
      .click()
    await page.locator('.toast.success', { hasText: 'version is back' }).waitFor()
    expect((await hands.nodes())[1]?.widgets).toEqual(['a fox, 3d style'])
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+z')
    expect((await hands.nodes())[1]?.widgets).toEqual(['a red boat'])
    await page.keyboard.press('Control+Shift+z')
    await page.clock.fastForward(6000)
    await expect.poll(() => saved('auto/one')).toContain('a fox, 3d style')
    expect(await versions(page, 'auto/one')).toHaveLength(3)
    await page
      .getByRole('button', { name: /^Open beside, version/ })
      .nth(1)
      .click()
    await page.locator('.tab.chosen', { hasText: 'auto/one (' }).waitFor()
    expect((await hands.nodes())[1]?.widgets).toEqual(['a red boat'])
    expect(hands.complaints).toEqual([])
  })

  it('leaves unnamed workflows to the browser, and rests while it is off', async () => {
    const { hands } = session
    const { page } = hands
    await later(hands, () => prompt(hands, 'not on the server'), 120_000)
    expect(await page.locator('.save-state').count()).toBe(0)
    await saveAs(hands, 'auto/off')
    await page.keyboard.press('w')
    await page.getByRole('checkbox', { name: /Autosave/ }).uncheck()
    await page.locator('#canvas').focus()
    await page.keyboard.press('w')
    await prompt(hands, 'only when I say so')
    await page.clock.fastForward(300_000)
    await state(hands, 'Edited')
    expect(await saved('auto/off')).not.toContain('only when I say so')
    // The wish is kept, and so is the change.
    await page.reload()
    await state(hands, 'Edited')
    expect((await hands.nodes())[1]?.widgets).toEqual(['only when I say so'])
    await page.getByRole('button', { name: 'File' }).click()
    await page.getByRole('menuitem', { name: 'Turn autosave on' }).click()
    await page.clock.fastForward(6000)
    await state(hands, 'Saved')
    expect(await saved('auto/off')).toContain('only when I say so')
  })

  it('waits while the server is away, and saves when it is back', async () => {
    const { hands, server } = session
    await saveAs(hands, 'auto/away')
    await server.kill()
    await hands.page.locator('.connection').waitFor()
    await later(hands, () => prompt(hands, 'written in the dark'))
    await state(hands, 'Not saved yet')
    await server.start()
    await expect.poll(() => saved('auto/away'), { timeout: 9000 }).toContain('written in the dark')
    await state(hands, 'Saved')
  })
})

describe('two windows with the same workflow', () => {
  /** The first has changed and saved it while the second had it open, and now changes it too. */
  async function conflict(name: string): Promise<Hands> {
    const { hands, browser, server } = session
    await saveAs(hands, name)
    const other = await openEditor(browser, { width: 1440, height: 900 })
    await other.open(server.url)
    await openSaved(other, name)
    await set(hands, 6, 'seed', '111')
    await hands.page.keyboard.press('Control+s')
    await expect.poll(() => saved(name)).toContain('111')
    await later(other, () => prompt(other, 'from the second window'))
    await other.page.locator('.conflict').waitFor()
    await state(other, 'Conflict')
    expect(await saved(name)).not.toContain('from the second window')
    expect((await other.nodes())[1]?.widgets).toEqual(['from the second window'])
    return other
  }
  const seedOf = async (hands: Hands): Promise<unknown> =>
    (await hands.nodes()).find(({ id }) => id === 6)?.widgets[0]

  it('the loser is told, and may take what was saved, which undo takes back', async () => {
    const other = await conflict('both/theirs')
    await other.page.keyboard.press('Control+s')
    await other.page.locator('.toast.error', { hasText: 'somewhere else' }).waitFor()
    await other.page.getByRole('button', { name: 'Show theirs' }).click()
    await other.page.locator('.conflict').waitFor({ state: 'detached' })
    expect(await seedOf(other)).toBe(111)
    expect((await other.nodes())[1]?.widgets).toEqual(['a fox, 3d style'])
    await other.page.locator('#canvas').focus()
    await other.page.keyboard.press('Control+z')
    expect((await other.nodes())[1]?.widgets).toEqual(['from the second window'])
    await other.page.clock.fastForward(6000)
    await expect.poll(() => saved('both/theirs')).toContain('from the second window')
  })

  it('or replace it, and then it is a version', async () => {
    const other = await conflict('both/mine')
    await other.page.getByRole('button', { name: 'Replace theirs' }).click()
    await other.page.locator('.conflict').waitFor({ state: 'detached' })
    await expect.poll(() => saved('both/mine')).toContain('from the second window')
    const folder = path.join(session.home, 'user/default/versions/both/mine')
    const texts = (await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8'))
    expect((await Promise.all(texts)).some((text) => /\b111\b/.test(text))).toBe(true)
  })

  it('or be a workflow of its own', async () => {
    const other = await conflict('both/copy')
    await other.page.getByRole('button', { name: 'Save mine as a copy…' }).click()
    expect(await other.page.locator('.dialog input').inputValue()).toBe('both/copy copy')
    await other.page.keyboard.press('Enter')
    await other.page.locator('.toast.success').waitFor()
    expect(await saved('both/copy copy')).toContain('from the second window')
    expect(await saved('both/copy')).toContain('111')
    expect(await other.page.locator('.conflict').count()).toBe(0)
  })

  it('one that is looked at again, and was not changed, shows what was saved', async () => {
    const { hands } = session
    const { page } = hands
    await saveAs(hands, 'both/looked')
    const text = (await saved('both/looked')).replace('a fox, 3d style', 'changed by hand')
    await writeFile(path.join(workflows(), 'both/looked.json'), text)
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await page.locator('.toast', { hasText: 'somewhere else' }).waitFor()
    expect((await hands.nodes())[1]?.widgets).toEqual(['changed by hand'])
    await state(hands, 'Saved')
  })
})

describe('windows of one browser', () => {
  it('keep their own drafts, and a new one takes over what a closed one left', async () => {
    const { hands, server } = session
    const { page } = hands
    await prompt(hands, 'of the first window')
    const second = await page.context().newPage()
    await second.goto(server.url)
    await second.locator('.tab').first().waitFor()
    await second.getByRole('button', { name: 'New workflow' }).click()
    await expect.poll(() => second.locator('.tab').count()).toBe(2)
    await second.close()
    await page.reload()
    await page.locator('.tab').first().waitFor()
    expect((await hands.nodes())[1]?.widgets).toEqual(['of the first window'])
    expect(await page.locator('.tab').count()).toBe(1)
    const third = await page.context().newPage()
    await third.goto(server.url)
    await expect.poll(() => third.locator('.tab').count()).toBe(2)
    expect(await third.locator('.tab').allInnerTexts()).toEqual(['emoji-flux-dicache', 'Untitled 1'])
    await third.close()
  })
})

describe('deleting a saved workflow', () => {
  it('asks first, and takes its versions along', async () => {
    const { hands } = session
    const { page } = hands
    await saveAs(hands, 'gone/fox')
    await mkdir(path.join(workflows(), 'gone'), { recursive: true })
    await page.keyboard.press('w')
    await page.getByRole('button', { name: 'Delete gone/fox' }).first().click()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    expect(await saved('gone/fox')).toContain('fox')
    await page.getByRole('button', { name: 'Delete gone/fox' }).first().click()
    expect(await page.locator('.dialog').innerText()).toContain('cannot be undone')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.locator('.toast.success', { hasText: 'Deleted' }).waitFor()
    expect(await readdir(path.join(session.home, 'user/default/versions/gone/fox'))).toEqual([])
    await expect(saved('gone/fox')).rejects.toThrow('ENOENT')
  })
})
