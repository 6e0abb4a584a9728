/** Real workflows convert to the very prompt that ComfyUI's editor made of them, and back. */
import { createRegistry } from '@dicache/engine'
import { convertWorkflow, createHost, type Host } from '@dicache/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pairs, promptFacts } from './fixtures.ts'

/** Settings that are newer than the file: the editor fills in their defaults, and so do we. */
const NEWER: Readonly<Record<string, string>> = {
  DualCLIPLoader: 'device',
  VAEDecodeTiled: 'temporal_size temporal_overlap',
  DualCFGGuider: 'style',
  VAEEncodeForInpaint: 'grow_mask_by',
}
/** The button of an upload, which old prompts have as an input. */
const BUTTONS = new Set(['upload', 'choose file to upload'])

let host: Host
beforeAll(async () => {
  host = await createHost({ home: '/nowhere/at/all' })
})
afterAll(() => host.dispose())

/** D-18: with the installed nodes, and with none: then only the bundled table knows them. */
describe.each([
  ['the installed nodes', (): Pick<Host, 'registry'> => host],
  ['no node at all', (): Pick<Host, 'registry'> => ({ registry: createRegistry([]) })],
])('with %s', (_, nodes) => {
  it.each(pairs)('D-18 $name converts to its prompt', async ({ ui, api }) => {
    const { text = '', problems } = await convertWorkflow(nodes(), ui, { to: 'api' })
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    const wanted = promptFacts(api)
    const got = promptFacts(text)
    for (const [key, value] of wanted) {
      const [, input = ''] = /^[^.]+\.(.*)$/.exec(key) ?? []
      if (!BUTTONS.has(input)) expect(`${key} ${got.get(key)}`).toBe(`${key} ${value}`)
    }
    for (const key of got.keys()) {
      if (wanted.has(key) || key.startsWith('title of ')) continue
      const [id = '', input = ''] = key.split('.')
      const type = JSON.parse(got.get(id) ?? '""') as string
      expect(`${type}: ${NEWER[type] ?? ''}`).toContain(input)
    }
  })

  it.each(pairs)('D-14, D-19 $name comes back the same from a document of the editor', async ({ api }) => {
    const converted = await convertWorkflow(nodes(), api, { to: 'ui' })
    expect(converted.problems).toEqual([])
    const { text = '', problems } = await convertWorkflow(nodes(), converted.text ?? '', { to: 'api' })
    expect(problems).toEqual([])
    const got = promptFacts(text)
    const wanted = promptFacts(api)
    for (const [key, value] of wanted) expect(`${key} ${got.get(key)}`).toBe(`${key} ${value}`)
    expect([...got.keys()].filter((key) => !wanted.has(key) && !key.startsWith('title of '))).toEqual([])
  })
})

it('D-18 whole numbers of FLOAT settings are written with a point, as a server echoes them', async () => {
  const pair = pairs.find(({ name }) => name === 'text_to_video_wan')
  const { text = '' } = await convertWorkflow(host, pair?.ui ?? '', { to: 'api' })
  expect(text).toContain('"cfg": 6.0')
  expect(text).toContain('"steps": 30,')
})
