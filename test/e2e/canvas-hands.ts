/** What hands do with nodes on the canvas. */
import { expect } from 'vitest'
import type { Hands } from './open-browser.ts'

let presses = 0

/** A place on the title of a node; another one each time, so that two presses are no double click. */
export function titleOf({ place }: Hands, node: number): Promise<readonly [number, number]> {
  return place(node, 40 + 14 * (presses++ % 5), -15)
}

/** Chooses nodes by their titles, from nothing. */
export async function choose(hands: Hands, ...nodes: readonly number[]): Promise<void> {
  const { page } = hands
  await page.keyboard.press('Escape')
  for (const [at, node] of nodes.entries()) {
    if (at > 0) await page.keyboard.down('Shift')
    await page.mouse.click(...(await titleOf(hands, node)))
    await page.keyboard.up('Shift')
  }
  expect((await hands.shows()).selection.toSorted()).toEqual(nodes.map(String).toSorted())
}

/** An item of the menu of a node. */
export async function menu(hands: Hands, node: number, item: string): Promise<void> {
  await hands.page.mouse.click(...(await titleOf(hands, node)), { button: 'right' })
  await hands.page.getByRole('menuitem', { name: item }).first().click()
}
