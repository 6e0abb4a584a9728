import { isJsonObject, parseJson, stringifyJson } from '@dicache/protocol'
import type { NodeManifest } from '@dicache/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMPTY_CATALOG } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import { openBytes, openDocument, openJson, openText } from './open-document.ts'
import { highlightPrompt } from './highlight-prompt.ts'
import { searchNodes } from './search-nodes.ts'
import { setWidget } from './widgets.ts'
import { writeDocument } from './write-document.ts'

const sampler: NodeManifest = {
  type: 'Sampler',
  version: 1,
  title: 'Sampler',
  category: 'sampling',
  description: '',
  output: false,
  inputs: [{ name: 'model', type: 'MODEL' }],
  params: [
    { kind: 'seed', name: 'seed', default: '0' },
    { kind: 'int', name: 'steps', step: 1, default: 20 },
    { kind: 'boolean', name: 'add_noise', default: true },
  ],
  outputs: [{ name: 'latent', type: 'LATENT' }],
}
const loader: NodeManifest = {
  ...sampler,
  type: 'Loader',
  title: 'Load Model',
  inputs: [],
  params: [{ kind: 'choice', name: 'image', upload: 'image', options: ['a.png'] }],
  outputs: [{ name: 'model', type: 'MODEL' }],
}
const catalog: Catalog = {
  ...EMPTY_CATALOG,
  nodes: new Map([...EMPTY_CATALOG.nodes, ['Sampler', sampler], ['Loader', loader]]),
}

const FILE = `{"last_node_id":2,"last_link_id":1,"nodes":[
  {"id":1,"type":"Loader","pos":{"0":10,"1":20},"size":{"0":200,"1":80},"flags":{},"mode":0,"outputs":[{"name":"model","type":"MODEL","links":[1]}],"widgets_values":["a.png","image"],"future":{"x":[1]}},
  {"id":2,"type":"Sampler","pos":[300,20],"size":[200,80],"mode":4,"inputs":[{"name":"model","type":"MODEL","link":1}],"outputs":[],"properties":{"cnr_id":"pack"},"widgets_values":[18446744073709551615,"fixed",12,false],"color":"#223"}],
  "links":[[1,1,0,2,0,"MODEL"],null],"groups":[],"config":{},"extra":{"ds":{"scale":1},"other":5},"version":0.4}`

/** Documents of the editor need nobody to lay them out. */
const nobody = () => Promise.reject(new Error('asked'))

function open(text: string) {
  const opened = openDocument(text)
  if (!opened.ok) throw new Error(opened.message)
  return opened
}

describe('documents', () => {
  it('come back as they were, unknown fields and 64-bit seeds included', () => {
    const { doc, losses } = open(FILE)
    const again = stringifyJson(writeDocument(doc))
    expect(losses).toEqual([])
    expect(again).toContain('18446744073709551615')
    expect(again).toContain('"future":{"x":[1]}')
    expect(again).toContain('"other":5')
    expect(writeDocument(open(again).doc)).toEqual(writeDocument(doc))
  })

  it('lose links that lead nowhere and nodes without a type, and say so', () => {
    const { doc, losses } = open(
      '{"nodes":[{"id":1,"type":"A"},{"id":2},{"id":1,"type":"B"}],"links":[[1,1,0,9,0,"X"],[2,1,0,1],"no"]}',
    )
    expect([...doc.root.nodes.values()].map(({ id, type }) => [id, type])).toEqual([
      [1, 'A'],
      [3, 'B'],
    ])
    expect(doc.root.links.size).toBe(0)
    expect(losses).toHaveLength(5)
  })

  it('of the API format are laid out by whoever can, with what he could not read', async () => {
    const prompt = '{"7":{"class_type":"Sampler","inputs":{"seed":18446744073709551615}}}'
    const asked: string[] = []
    const opened = await openText(prompt, async (text) => {
      asked.push(text)
      return { text: FILE, losses: ['a link leads nowhere'] }
    })
    expect(asked).toEqual([prompt])
    expect(opened.ok && [opened.doc.root.nodes.size, opened.losses]).toEqual([2, ['a link leads nowhere']])
    const away = openText(prompt, () => Promise.reject(new Error('away')))
    await expect(away).rejects.toThrow('away')
  })

  it('are refused with a sentence when they are none', () => {
    for (const text of ['', 'null', '[]', '{"a":1}', '{', `${'['.repeat(2000)}`]) {
      const opened = openDocument(text)
      expect(opened.ok ? 'opened' : opened.message).toMatch(/^This is no|^The JSON nests/)
    }
  })

  it('never throw, whatever is in them', () => {
    const node = fc.oneof(
      fc.jsonValue(),
      fc.record({
        id: fc.jsonValue(),
        type: fc.jsonValue(),
        pos: fc.jsonValue(),
        size: fc.jsonValue(),
        inputs: fc.jsonValue(),
        outputs: fc.jsonValue(),
        widgets_values: fc.jsonValue(),
        flags: fc.jsonValue(),
      }),
    )
    const link = fc.oneof(
      fc.jsonValue(),
      fc.tuple(fc.integer(), fc.nat(3), fc.nat(9), fc.nat(3), fc.nat(300), fc.string()),
    )
    fc.assert(
      fc.property(
        fc.record({
          nodes: fc.array(node),
          links: fc.array(link),
          groups: fc.jsonValue(),
          definitions: fc.jsonValue(),
        }),
        (value) => {
          const opened = openJson(parseJson(JSON.stringify(value)))
          if (!opened.ok) return
          for (const { from, to } of opened.doc.root.links.values()) {
            expect([from, to].every((id) => opened.doc.root.nodes.has(id) || id.startsWith('-'))).toBe(true)
          }
          expect(isJsonObject(writeDocument(opened.doc))).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('pictures', () => {
  it('open with the workflow in a PNG text chunk', async () => {
    const opened = await openBytes(png('workflow', FILE), 'a.png', nobody)
    expect(opened.ok && opened.doc.root.nodes.size).toBe(2)
  })

  it('without a workflow, or cut off, are refused with a sentence', async () => {
    const whole = png('Software', 'x')
    for (const bytes of [whole, whole.slice(0, 20), png('workflow', FILE).slice(0, 60)]) {
      const opened = await openBytes(bytes, 'a.png', nobody)
      expect(opened.ok ? '' : opened.message).toMatch(/picture/)
    }
  })
})

describe('settings', () => {
  it('that a file is too old to have are filled with defaults when one behind them is set', () => {
    const node = open('{"nodes":[{"id":1,"type":"Sampler","widgets_values":[5]}]}').doc.root.nodes.get('1')
    expect(node && setWidget(node, sampler, { name: 'add_noise', value: false, catalog })).toEqual([
      5,
      'fixed',
      20,
      false,
    ])
  })
})

describe('search', () => {
  it('finds by parts and letters in order, best first, and only what a link could end at', () => {
    expect(searchNodes(catalog, 'load').map(({ type }) => type)).toEqual(['Loader'])
    expect(searchNodes(catalog, 'smplr').map(({ type }) => type)).toEqual(['Sampler'])
    expect(searchNodes(catalog, '', { side: 'output', type: 'MODEL' }).map(({ type }) => type)).toEqual([
      'Sampler',
      'Reroute',
    ])
    expect(searchNodes(catalog, '', { side: 'input', type: 'MODEL' }).map(({ type }) => type)).toContain(
      'Loader',
    )
  })
})

it('cuts a prompt into pieces that are the prompt again', () => {
  const text = 'a (red fox:1.2), {cat|dog} <lora:x:1> BREAK\nend ((( :'
  expect(
    highlightPrompt(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text)
  expect(
    highlightPrompt(text)
      .filter(({ kind }) => kind !== 'text')
      .map(({ kind }) => kind),
  ).toEqual(['weight', 'separator', 'choice', 'lora', 'separator'])
})

function png(key: string, text: string): Uint8Array<ArrayBuffer> {
  const data = new TextEncoder().encode(`${key}\0${text}`)
  const bytes = new Uint8Array(8 + 12 + data.length + 12)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const view = new DataView(bytes.buffer)
  view.setUint32(8, data.length)
  bytes.set(new TextEncoder().encode('tEXt'), 12)
  bytes.set(data, 16)
  bytes.set(new TextEncoder().encode('IEND'), 16 + data.length + 8)
  return bytes
}
