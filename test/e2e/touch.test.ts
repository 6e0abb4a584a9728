/** Fingers on the canvas: they choose, pan, pinch, move nodes, and open menus by staying. */
import { expect, it } from 'vitest'
import type { CDPSession } from 'playwright-core'
import type { Hands } from './open-browser.ts'
import { useEditor } from './use-editor.ts'

const session = useEditor()

type Finger = readonly [x: number, y: number]

/** Fingers that the browser takes for real ones. */
async function fingers({ page }: Hands): Promise<{
  readonly down: (...at: readonly Finger[]) => Promise<void>
  readonly move: (...at: readonly Finger[]) => Promise<void>
  readonly up: (...left: readonly Finger[]) => Promise<void>
}> {
  const cdp: CDPSession = await page.context().newCDPSession(page)
  await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 })
  const send =
    (type: 'touchStart' | 'touchMove' | 'touchEnd') =>
    async (...at: readonly Finger[]): Promise<void> => {
      const touchPoints = at.map(([x, y], id) => ({ x, y, id }))
      await cdp.send('Input.dispatchTouchEvent', { type, touchPoints })
    }
  return { down: send('touchStart'), move: send('touchMove'), up: send('touchEnd') }
}

const between = (from: Finger, to: Finger, share: number): Finger => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
]

it('one finger pans, and the document stays as it is', async () => {
  const { hands } = session
  const touch = await fingers(hands)
  const before = await hands.shows()
  const [from, to]: readonly [Finger, Finger] = [
    [900, 780],
    [700, 700],
  ]
  await touch.down(from)
  for (const share of [0.3, 0.6, 1]) await touch.move(between(from, to, share))
  await touch.up()
  const after = await hands.shows()
  const scale = before.camera?.scale ?? 1
  expect(after.camera?.scale).toBe(scale)
  expect((after.camera?.offset[0] ?? 0) - (before.camera?.offset[0] ?? 0)).toBeCloseTo(-200 / scale, 0)
  expect((after.camera?.offset[1] ?? 0) - (before.camera?.offset[1] ?? 0)).toBeCloseTo(-80 / scale, 0)
  expect(after.nodes).toEqual(before.nodes)
})

it('two fingers zoom around their middle, and pan', async () => {
  const { hands } = session
  const { page, place } = hands
  const touch = await fingers(hands)
  const before = await hands.shows()
  const middle = await place(6, 100, 100)
  const at = (half: number): readonly [Finger, Finger] => [
    [middle[0] - half, middle[1]],
    [middle[0] + half, middle[1]],
  ]
  await touch.down(at(60)[0])
  await touch.down(...at(60))
  for (const half of [80, 100, 120]) await touch.move(...at(half))
  await touch.up()
  const after = await hands.shows()
  expect((after.camera?.scale ?? 0) / (before.camera?.scale ?? 1)).toBeCloseTo(2, 1)
  const now = await place(6, 100, 100)
  expect(Math.hypot(now[0] - middle[0], now[1] - middle[1])).toBeLessThan(4)
  expect([after.nodes, after.selection]).toEqual([before.nodes, after.selection])
  await expect.poll(() => page.locator('.zoom').innerText()).not.toBe('')
  // The same way back is where it was.
  await touch.down(at(120)[0])
  await touch.down(...at(120))
  for (const half of [100, 80, 60]) await touch.move(...at(half))
  await touch.up()
  expect((await hands.shows()).camera?.scale).toBeCloseTo(before.camera?.scale ?? 0, 1)
})

it('a tap chooses a node and opens a setting, a finger on a title moves its node, as one step', async () => {
  const { hands } = session
  const { page, place } = hands
  const touch = await fingers(hands)
  await touch.down(await place(7, 40, -15))
  await touch.up()
  expect((await hands.shows()).selection).toEqual(['7'])
  const title = await place(7, 90, -15)
  const to: Finger = [title[0] + 40, title[1] + 200]
  await touch.down(title)
  for (const share of [0.2, 0.6, 1]) await touch.move(between(title, to, share))
  await touch.up()
  const moved = (await hands.shows()).nodes.find(({ id }) => id === 7)
  expect(moved?.pos[1]).toBeGreaterThan(200)
  await page.keyboard.press('Control+z')
  expect((await hands.shows()).nodes.find(({ id }) => id === 7)?.pos).toEqual([1050, 80])
  await touch.down(await place(4, 130, 38))
  await touch.up()
  await page.locator('input.over:focus').waitFor()
  await page.keyboard.type('256')
  await page.keyboard.press('Enter')
  expect((await hands.nodes()).find(({ id }) => id === 4)?.widgets).toEqual([256, 128, 1])
})

it('a finger that stays on a node opens its menu', async () => {
  const { hands } = session
  const { page, place } = hands
  const [x, y] = await place(7, 80, -15)
  // What the browser sends after half a second.
  await page.evaluate(
    ([clientX, clientY]) => {
      const init = { clientX, clientY, bubbles: true, cancelable: true, pointerType: 'touch', pointerId: 7 }
      const canvas = document.querySelector('#canvas')
      canvas?.dispatchEvent(new PointerEvent('pointerdown', init))
      canvas?.dispatchEvent(new PointerEvent('contextmenu', init))
      canvas?.dispatchEvent(new PointerEvent('pointercancel', init))
    },
    [x, y] as const,
  )
  await page.getByRole('menuitem', { name: 'Bypass' }).click()
  expect((await hands.shows()).nodes.find(({ id }) => id === 7)?.mode).toBe(4)
})
