/** Every kind of edit by mouse and keyboard, undone and done again. */
import { describe, expect, it } from 'vitest'
import { choose, menu, titleOf } from './canvas-hands.ts'
import type { Hands, Shows } from './open-browser.ts'
import { add, useEditor } from './use-editor.ts'

const session = useEditor({ width: 1440, height: 900 }, 'one page')

/** All but what looking changes. */
const content = ({ camera: _camera, selection: _selection, ...rest }: Shows): object => rest

describe('every kind of edit is one step of undo', () => {
  const edits: readonly (readonly [name: string, edit: (hands: Hands) => Promise<void>])[] = [
    ['moving', async (hands) => hands.drag(await titleOf(hands, 7), [(await titleOf(hands, 7))[0], 600])],
    [
      'moving several',
      async (hands) => {
        await choose(hands, 7, 8)
        await hands.drag(await titleOf(hands, 7), [900, 640])
      },
    ],
    [
      'resizing',
      async (hands) => {
        const [x, y] = await hands.place(7, 168, 52)
        await hands.drag([x, y], [x + 80, y + 60])
      },
    ],
    ['adding', async (hands) => add(hands, 'note', 700, 830)],
    ['linking', async (hands) => hands.drag(await hands.socket(6, 'outputs', 'report'), [1250, 760])],
    [
      'unlinking',
      async (hands) => {
        await hands.drag(await hands.socket(7, 'inputs', 'vae'), [900, 760])
        await hands.page.keyboard.press('Escape')
      },
    ],
    [
      'typing a text',
      async (hands) => {
        await hands.page.mouse.click(...(await hands.place(2, 100, 60)))
        await hands.page.locator('textarea.over:focus').waitFor()
        await hands.page.keyboard.type(', on the moon')
        await hands.page.keyboard.press('Escape')
      },
    ],
    [
      'dragging a number',
      async (hands) => {
        const [x, y] = await hands.place(4, 130, 38)
        await hands.drag([x, y], [x + 60, y])
      },
    ],
    ['switching', async (hands) => hands.page.mouse.click(...(await hands.place(5, 240, 38)))],
    ['deleting', async (hands) => (await choose(hands, 2), hands.page.keyboard.press('Delete'))],
    ['duplicating', async (hands) => (await choose(hands, 6), hands.page.keyboard.press('Control+d'))],
    ['muting', async (hands) => (await choose(hands, 6, 7), hands.page.keyboard.press('Control+m'))],
    ['bypassing', async (hands) => (await choose(hands, 3), hands.page.keyboard.press('Control+b'))],
    ['collapsing', async (hands) => (await choose(hands, 3), hands.page.keyboard.press('Alt+c'))],
    ['grouping', async (hands) => (await choose(hands, 2, 3), hands.page.keyboard.press('Control+g'))],
    ['aligning', async (hands) => (await choose(hands, 2, 6, 7), menu(hands, 6, 'Align bottom'))],
    ['spreading', async (hands) => (await choose(hands, 1, 6, 8), menu(hands, 6, 'Spread across'))],
    [
      'renaming',
      async (hands) => {
        await choose(hands, 8)
        await hands.page.keyboard.press('F2')
        await hands.page.locator('.dialog input').fill('Keep it')
        await hands.page.keyboard.press('Enter')
      },
    ],
    [
      'making a subgraph',
      async (hands) => (await choose(hands, 2, 3), hands.page.keyboard.press('Control+Shift+g')),
    ],
    ['cutting', async (hands) => (await choose(hands, 8), hands.page.keyboard.press('Control+x'))],
  ]

  it.each(edits)('%s', async (name, edit) => {
    const { hands } = session
    const { page } = hands
    // Tests share the page: each leaves the document as it was.
    const steps = (): Promise<number> =>
      page.evaluate(() => {
        const { dicacheEditor } = globalThis as unknown as {
          dicacheEditor: { state: () => { tabs: { past: unknown[] }[] } }
        }
        return dicacheEditor.state().tabs[0]?.past.length ?? 0
      })
    const [before, values] = [content(await hands.shows()), await hands.nodes()]
    await edit(hands)
    if (name === 'linking') {
      // A link into the void, and the node that takes it, are what is undone.
      await page.locator('.search input').fill('show')
      await page.keyboard.press('Enter')
    }
    await expect.poll(steps).toBe(1)
    const [after, changed] = [content(await hands.shows()), await hands.nodes()]
    expect([after, changed]).not.toEqual([before, values])
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+z')
    expect([content(await hands.shows()), await hands.nodes()]).toEqual([before, values])
    await page.keyboard.press('Control+Shift+z')
    expect([content(await hands.shows()), await hands.nodes()]).toEqual([after, changed])
    await page.keyboard.press('Control+z')
    expect([await steps(), content(await hands.shows())]).toEqual([0, before])
    expect(hands.complaints).toEqual([])
  })
})
