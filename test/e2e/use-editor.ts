/** One server and one browser for a file of tests, and a fresh page of the editor for each test. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { buildEditor } from './build-editor.ts'
import { openBrowser, openEditor, type Hands } from './open-browser.ts'
import { startServer, type EditorServer } from './start-server.ts'

export type Session = {
  readonly browser: Browser
  readonly server: EditorServer
  readonly home: string
  /** The page of this test. */
  readonly hands: Hands
}

/** Starts them before the tests of a file; gives what is there once they run. Tests have a page each unless said. */
export function useEditor(
  size: { readonly width: number; readonly height: number } = { width: 1440, height: 900 },
  pages: 'a page each' | 'one page' = 'a page each',
): Session {
  const session: { browser?: Browser; server?: EditorServer; home?: string; hands?: Hands } = {}
  beforeAll(async () => {
    session.home = await mkdtemp(path.join(os.tmpdir(), 'dicache-e2e-'))
    await buildEditor()
    session.server = await startServer(session.home)
    session.browser = await openBrowser()
  }, 180_000)
  afterAll(async () => {
    await session.browser?.close()
    await session.server?.dispose()
    if (session.home !== undefined) await rm(session.home, { recursive: true, force: true })
  })
  beforeEach(async () => {
    const { browser, server } = session
    if (browser === undefined || server === undefined) throw new Error('the editor did not start')
    if (pages === 'one page' && session.hands !== undefined) return
    await Promise.all(browser.contexts().map((context) => context.close()))
    session.hands = await openEditor(browser, size)
    await session.hands.open(server.url)
  })
  return session as Session
}

/** Waits until what has changed is on the screen. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** Types a setting into the panel of a node, which stays open. */
export async function set({ page, place }: Hands, node: number, name: string, value: string): Promise<void> {
  const field = page.locator(`#field-${node}-${name}`)
  if (!(await field.isVisible())) {
    // The canvas may be about to show everything in the room that a panel has left.
    await painted(page)
    await page.mouse.click(...(await place(node, 160, -15)))
    if (!(await page.locator('.side[aria-label="Node"]').isVisible())) await page.keyboard.press('i')
  }
  await field.fill(value)
  await field.press('Enter')
  await page.locator('#canvas').focus()
}

/** Adds a node by the search box and puts it at a place of the page. */
export async function add({ page }: Hands, words: string, x: number, y: number): Promise<void> {
  await page.mouse.dblclick(x, y)
  await page.locator('.search input').fill(words)
  await page.keyboard.press('Enter')
  await page.locator('.search').waitFor({ state: 'detached' })
}

/** Drops a file on the page. */
export async function drop({ page }: Hands, name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(
    ([file, base64]) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], file))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    },
    [name, bytes.toString('base64')] as const,
  )
}

/** Saves the open workflow under a name. */
export async function saveAs({ page }: Hands, name: string): Promise<void> {
  await page.locator('#canvas').focus()
  await page.keyboard.press('Control+Shift+s')
  await page.locator('.dialog input').fill(name)
  await page.keyboard.press('Enter')
  await page.locator('.toast.success', { hasText: name }).waitFor()
}
