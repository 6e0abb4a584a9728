/** The queue and what is told while it runs: order, priority, title, notification, and why nothing was reused. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Hands } from './open-browser.ts'
import { painted, set, useEditor } from './use-editor.ts'

const session = useEditor()

// What a test leaves behind would run before what the next one queues.
afterEach(async () => {
  const { url } = session.server
  await fetch(`${url}queue`, { method: 'POST', body: '{"clear":true}' })
  await fetch(`${url}interrupt`, { method: 'POST' })
})

/** Queues as many long runs, the first of which begins. */
async function queue(hands: Hands, count: number): Promise<void> {
  const { page } = hands
  await set(hands, 6, 'steps', '4000')
  for (let at = 0; at < count; at++) {
    await set(hands, 6, 'seed', String(1000 + at))
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => page.locator('.badge').innerText()).toBe(String(at + 1))
  }
  await page.keyboard.press('q')
  await expect.poll(() => page.locator('.side .run-row').count()).toBeGreaterThanOrEqual(count)
}

const waiting = ({ page }: Hands): Promise<readonly string[]> =>
  page.evaluate(() => {
    const { dicacheEditor } = globalThis as unknown as {
      dicacheEditor: { state: () => { queue?: { pending: { runId: string }[] } } }
    }
    return dicacheEditor.state().queue?.pending.map(({ runId }) => runId) ?? []
  })

describe('the queue', () => {
  it('shows what runs and waits, lets one go first or later, and cancels one or all', async () => {
    const { hands } = session
    const { page } = hands
    await queue(hands, 4)
    const [a = '', b = '', c = ''] = await waiting(hands)
    await page.getByRole('button', { name: 'Run first' }).nth(2).click()
    await expect.poll(() => waiting(hands)).toEqual([c, a, b])
    await painted(page)
    await page.getByRole('button', { name: 'Run later' }).nth(0).click()
    await expect.poll(() => waiting(hands)).toEqual([a, c, b])
    await painted(page)
    await page.locator('.side').getByRole('button', { name: 'Cancel', exact: true }).nth(1).click()
    await expect.poll(() => waiting(hands)).toEqual([c, b])
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('The queue is paused').waitFor()
    await page.getByRole('button', { name: 'Cancel what runs' }).click()
    await expect.poll(() => page.locator('.side .bar').count()).toBe(0)
    expect(await waiting(hands)).toHaveLength(2)
    await page.getByRole('button', { name: 'Cancel waiting' }).click()
    await expect.poll(() => waiting(hands)).toEqual([])
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('Nothing runs.').waitFor()
  })

  it('runs as often as is asked, with a seed of its own each time', async () => {
    const { hands } = session
    const { page } = hands
    await set(hands, 6, 'steps', '2')
    await page.mouse.click(...(await hands.place(6, 130, 5 * 20 + 6 + 26 + 12)))
    await page.locator('.choices li', { hasText: /^increment$/ }).click()
    await page.locator('.batch input').fill('3')
    await page.locator('.batch input').press('Enter')
    const before = Number((await hands.nodes()).find(({ id }) => id === 6)?.widgets[0])
    await page.locator('.run').click()
    await expect
      .poll(async () => (await hands.nodes()).find(({ id }) => id === 6)?.widgets[0])
      .toBe(before + 3)
    await expect.poll(() => page.locator('.badge').count(), { timeout: 20_000 }).toBe(0)
  })
})

describe('while a run goes', () => {
  it('the title tells how far it is, and a notification that it is done, when nobody looks', async () => {
    const { hands, server } = session
    const { page } = hands
    await page.addInitScript(() => {
      const told: unknown[] = []
      class Told {
        static permission = 'granted'
        static requestPermission = async (): Promise<string> => 'granted'
        constructor(title: string, options: { body?: string }) {
          told.push([title, options.body])
        }
      }
      Object.assign(window, { Notification: Told, told })
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    })
    await hands.open(server.url)
    await set(hands, 6, 'seed', '77')
    await set(hands, 6, 'steps', '200')
    const ended = hands.run()
    await expect
      .poll(() => page.title(), { timeout: 15_000 })
      .toMatch(/^\d+ % emoji-flux-dicache · DiCache Studio$/)
    expect(await ended).toBe('finished')
    await expect.poll(() => page.title()).toBe('emoji-flux-dicache · DiCache Studio')
    expect(await page.evaluate(() => (window as unknown as { told: unknown }).told)).toEqual([
      ['The run is done', 'emoji-flux-dicache'],
    ])
  })

  it('its preview changes from step to step, and its nodes tell their times and what came from the cache', async () => {
    const { hands } = session
    const { page } = hands
    await set(hands, 6, 'seed', '78')
    await set(hands, 6, 'steps', '60')
    const sizes = new Set<number>()
    const ended = hands.run()
    const bytes = (): Promise<number> =>
      page.evaluate(() => {
        const { dicacheEditor } = globalThis as unknown as {
          dicacheEditor: {
            state: () => {
              tabs: { runId?: string }[]
              runs: Map<string, { nodes: Map<string, { preview?: { bytes: Uint8Array } }> }>
            }
          }
        }
        const { tabs, runs } = dicacheEditor.state()
        return runs.get(tabs[0]?.runId ?? '')?.nodes.get('6')?.preview?.bytes.length ?? 0
      })
    await expect.poll(async () => sizes.add(await bytes()).size, { timeout: 15_000 }).toBeGreaterThan(3)
    expect(await ended).toBe('finished')
    const nodes = (): Promise<Readonly<Record<string, readonly [string, boolean]>>> =>
      page.evaluate(() => {
        const { dicacheEditor } = globalThis as unknown as {
          dicacheEditor: {
            state: () => {
              tabs: { runId?: string }[]
              runs: Map<string, { nodes: Map<string, { status: string; durationMs?: number }> }>
            }
          }
        }
        const { tabs, runs } = dicacheEditor.state()
        const list = [...(runs.get(tabs[0]?.runId ?? '')?.nodes ?? [])]
        return Object.fromEntries(
          list.map(([id, { status, durationMs }]) => [id, [status, (durationMs ?? 0) > 0] as const]),
        )
      })
    expect((await nodes())['6']).toEqual(['done', true])
    expect(await hands.run()).toBe('finished')
    expect(Object.values(await nodes()).map(([status]) => status)).toContain('cached')
    expect((await nodes())['6']).toEqual(['cached', false])
  })
})

describe('the step cache', () => {
  it('says why nothing was reused, also when it only watches', async () => {
    const { hands } = session
    const { page } = hands
    await page.keyboard.press('d')
    await set(hands, 6, 'seed', '79')
    await set(hands, 5, 'threshold', '0')
    expect(await hands.run()).toBe('finished')
    await page.locator('.dock .note', { hasText: 'Why nothing was reused' }).waitFor()
    expect(await page.locator('.lane .cell.reused').count()).toBe(0)
    await set(hands, 5, 'threshold', '0.15')
    const mode = page.locator('#field-5-mode')
    await mode.selectOption('shadow')
    await page.locator('#canvas').focus()
    expect(await hands.run()).toBe('finished')
    await page.locator('.dock .stat', { hasText: 'mode shadow' }).waitFor()
    await page.locator('.dock .note', { hasText: /shadow/i }).waitFor()
    expect(hands.complaints).toEqual([])
  })

  it('draws a curve for each branch that decides alone, and one for all that decide together', async () => {
    const { hands } = session
    const { page } = hands
    await page.keyboard.press('d')
    await set(hands, 6, 'seed', '80')
    const legend = async (): Promise<readonly string[]> =>
      (await page.locator('.chart').first().locator('.u-label').allInnerTexts()).filter(
        (text) => text !== 'step',
      )
    for (const [policy, labels, scope] of [
      [
        'independent',
        ['cond: indicator', 'uncond: indicator', 'cond: accumulator', 'uncond: accumulator'],
        'itself',
      ],
      ['joint', ['all branches: indicator', 'all branches: accumulator'], 'together'],
    ] as const) {
      await set(hands, 6, 'cfg', '3.0')
      if (!(await page.locator('#field-5-cfg_policy').isVisible()))
        await page.mouse.click(...(await hands.place(5, 60, -15)))
      await page.locator('#field-5-cfg_policy').selectOption(policy)
      await page.locator('#canvas').focus()
      expect(await hands.run()).toBe('finished')
      await page.locator('.scope', { hasText: scope }).waitFor()
      expect((await legend()).toSorted()).toEqual([...labels].toSorted())
      expect(await page.locator('.lane').count()).toBe(2)
    }
    expect(await page.locator('.timeline.joint').count()).toBe(1)
  })
})

describe('documents', () => {
  it('begin from a template, are listed as recent, and leave as a file that opens again', async () => {
    const { hands } = session
    const { page } = hands
    await page.getByRole('button', { name: 'File' }).click()
    await page.getByRole('menuitem', { name: 'Templates…' }).click()
    await page.locator('.card-button', { hasText: 'KSampler with DiCache' }).click()
    await page.locator('.tab.chosen', { hasText: 'emoji-flux-ksampler' }).waitFor()
    await page.locator('#canvas').focus()
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'File' }).click()
    await page.getByRole('menuitem', { name: 'Download as a file' }).click()
    const file = await waiting
    expect(file.suggestedFilename()).toBe('emoji-flux-ksampler.json')
    await page.locator('#open-file').setInputFiles(await file.path())
    await expect.poll(() => page.locator('.tab').count()).toBe(3)
    expect((await hands.nodes()).map(({ type }) => type)).toContain('KSampler')
    // Closing one with changes asks first.
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+m')
    await page
      .locator('.tab.chosen')
      .getByRole('button', { name: /^Close/ })
      .click()
    await page.getByRole('button', { name: 'Close without saving' }).click()
    expect(await page.locator('.tab').count()).toBe(2)
  })
})
