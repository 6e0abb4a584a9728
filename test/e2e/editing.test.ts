/** Editing with mouse and keyboard in a real browser. */
import { describe, expect, it } from 'vitest'
import { add, useEditor } from './use-editor.ts'

const session = useEditor()
const text = (selector: string): Promise<string> => session.hands.page.locator(selector).innerText()

describe('editing', () => {
  it('builds the workflow from nothing by mouse and keyboard, refuses nonsense, and runs it', async () => {
    const { hands } = session
    const { page } = hands
    await page.getByRole('button', { name: 'New workflow' }).click()
    await add(hands, 'load model', 140, 130)
    await add(hands, 'clip text encode', 480, 110)
    await add(hands, 'clip text encode', 480, 380)
    await add(hands, 'empty latent', 480, 640)
    await add(hands, 'dicache sampler', 900, 130)
    await hands.drag(await hands.socket(1, 'outputs', 'clip'), await hands.socket(2, 'inputs', 'clip'))
    await hands.drag(await hands.socket(1, 'outputs', 'clip'), await hands.socket(3, 'inputs', 'clip'))
    await hands.drag(await hands.socket(1, 'outputs', 'model'), await hands.socket(5, 'inputs', 'model'))
    await hands.drag(
      await hands.socket(2, 'outputs', 'conditioning'),
      await hands.socket(5, 'inputs', 'positive'),
    )
    await hands.drag(
      await hands.socket(3, 'outputs', 'conditioning'),
      await hands.socket(5, 'inputs', 'negative'),
    )
    await hands.drag(await hands.socket(4, 'outputs', 'latent'), await hands.socket(5, 'inputs', 'latent'))
    // What does not fit is not linked.
    await hands.drag(await hands.socket(1, 'outputs', 'vae'), await hands.socket(5, 'inputs', 'probe'))
    expect(await hands.links()).toHaveLength(6)
    // A link dropped on nothing asks for a node that takes it.
    await hands.drag(await hands.socket(5, 'outputs', 'latent'), [1150, 560])
    expect(await text('#search-results')).not.toContain('Load Model')
    await page.locator('.search input').fill('decode')
    await page.keyboard.press('Enter')
    await hands.drag(await hands.socket(1, 'outputs', 'vae'), await hands.socket(6, 'inputs', 'vae'))
    await hands.drag(await hands.socket(6, 'outputs', 'image'), [1150, 700])
    await page.locator('.search input').fill('save image')
    await page.keyboard.press('Enter')
    expect(await hands.links()).toEqual(
      [
        'CLIPTextEncode.conditioning>DiCacheSampler.negative',
        'CLIPTextEncode.conditioning>DiCacheSampler.positive',
        'Decode.image>SaveImage.images',
        'DiCacheSampler.latent>Decode.latent',
        'EmptyLatentImage.latent>DiCacheSampler.latent',
        'LoadModel.clip>CLIPTextEncode.clip',
        'LoadModel.clip>CLIPTextEncode.clip',
        'LoadModel.model>DiCacheSampler.model',
        'LoadModel.vae>Decode.vae',
      ].toSorted(),
    )
    await page.mouse.click(...(await hands.place(4, 130, 38)))
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('128')
    await page.keyboard.press('Enter')
    await page.mouse.click(...(await hands.place(4, 130, 64)))
    await page.locator('input.over:focus').waitFor()
    await page.keyboard.type('128')
    await page.keyboard.press('Enter')
    expect((await hands.nodes()).find(({ id }) => id === 4)?.widgets).toEqual([128, 128, 1])
    expect(await hands.run()).toBe('finished')
  })

  it('undoes and redoes moves, links, values, pastes and groups, each as one step', async () => {
    const { hands } = session
    const { page } = hands
    const start = await hands.nodes()
    await hands.drag(await hands.place(6, 150, -15), await hands.place(6, 200, 60))
    await page.mouse.click(...(await hands.place(6, 150, -15)))
    await page.keyboard.press('Control+c')
    await page.keyboard.press('Control+v')
    await page.keyboard.press('Control+g')
    await page.keyboard.press('Control+m')
    const changed = await hands.nodes()
    expect(changed).toHaveLength(9)
    for (let step = 0; step < 4; step++) await page.keyboard.press('Control+z')
    expect(await hands.nodes()).toEqual(start)
    for (let step = 0; step < 4; step++) await page.keyboard.press('Control+Shift+z')
    expect(await hands.nodes()).toEqual(changed)
  })
})
