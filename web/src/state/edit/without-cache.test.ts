/** Switching step caches off. */
import type { NodeManifest } from '@dicache/protocol'
import { expect, it } from 'vitest'
import { EMPTY_CATALOG } from '../document/catalog.ts'
import type { Catalog } from '../document/catalog.ts'
import { openDocument } from '../document/open-document.ts'
import { withoutCache } from './without-cache.ts'

const probe: NodeManifest = {
  type: 'Probe',
  version: 1,
  title: 'Probe',
  category: 'x',
  description: '',
  output: false,
  inputs: [],
  params: [
    { kind: 'boolean', name: 'enabled', default: true },
    { kind: 'float', name: 'threshold', step: 0.01, default: 0.1 },
  ],
  outputs: [{ name: 'probe', type: 'PROBE' }],
}
const lamp: NodeManifest = { ...probe, type: 'Lamp', outputs: [{ name: 'light', type: 'IMAGE' }] }
const nodes = new Map([...EMPTY_CATALOG.nodes, ['Probe', probe] as const, ['Lamp', lamp] as const])
const catalog: Catalog = { ...EMPTY_CATALOG, nodes }

const docOf = (document: object) => {
  const opened = openDocument(JSON.stringify(document))
  if (!opened.ok) throw new Error(opened.message)
  return opened.doc
}

it('switches every step cache off, in subgraphs too, and nothing else', () => {
  const inner = { nodes: [{ id: 1, type: 'Probe', widgets_values: [true, 0.4] }], links: [] }
  const doc = docOf({
    nodes: [
      { id: 1, type: 'Probe', widgets_values: [true, 0.2] },
      { id: 2, type: 'Lamp', widgets_values: [true, 0.3] },
      { id: 3, type: 'Probe', widgets_values: [] },
      { id: 4, type: 'sub' },
    ],
    links: [],
    definitions: { subgraphs: [{ ...inner, id: 'sub', name: 'S', inputs: [], outputs: [] }] },
  })
  const off = withoutCache(doc, catalog)
  expect([...off.root.nodes.values()].map(({ widgets }) => widgets)).toEqual([
    [false, 0.2],
    [true, 0.3],
    [false, 0.1],
    [],
  ])
  expect(off.subgraphs.get('sub')?.graph.nodes.get('1')?.widgets).toEqual([false, 0.4])
})

it('gives the same document where there is nothing to switch off', () => {
  const doc = docOf({ nodes: [{ id: 1, type: 'Probe', widgets_values: [false, 0.2] }], links: [] })
  expect(withoutCache(doc, catalog)).toBe(doc)
})
