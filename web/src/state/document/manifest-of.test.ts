/** Primitives of ComfyUI: what they hold is edited as the setting that they feed. */
import type { NodeManifest } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { setValue } from '../edit/edit-nodes.ts'
import { EMPTY_CATALOG } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import type { Graph } from './document.ts'
import { manifestOf } from './manifest-of.ts'
import { openDocument } from './open-document.ts'

const latent: NodeManifest = {
  type: 'Latent',
  version: 1,
  title: 'Latent',
  category: 'x',
  description: '',
  output: false,
  inputs: [],
  params: [{ kind: 'int', name: 'width', min: 16, max: 4096, step: 8, default: 512 }],
  outputs: [],
}
const catalog: Catalog = { ...EMPTY_CATALOG, nodes: new Map([...EMPTY_CATALOG.nodes, ['Latent', latent]]) }

function graphOf(value: unknown, linked: boolean): Graph {
  const primitive = {
    id: 1,
    type: 'PrimitiveNode',
    outputs: [{ name: 'INT', type: 'INT' }],
    widgets_values: [value, 'fixed'],
  }
  const target = {
    id: 2,
    type: 'Latent',
    inputs: [{ name: 'width', type: 'INT', widget: { name: 'width' } }],
  }
  const links = linked ? [[1, 1, 0, 2, 0, 'INT']] : []
  const opened = openDocument(JSON.stringify({ nodes: [primitive, target], links }))
  if (!opened.ok) throw new Error(opened.message)
  return opened.doc.root
}
const paramOf = (graph: Graph) => {
  const node = graph.nodes.get('1')
  return node && manifestOf(catalog, graph, node)?.params[0]
}

describe('a Primitive', () => {
  it('has the limits of the setting that it feeds', () => {
    expect(paramOf(graphOf(1024, true))).toEqual({ ...latent.params[0], name: 'value' })
  })

  it('that feeds nothing is what its value is', () => {
    const kinds = [7, 0.5, true, 'x', null].map((value) => paramOf(graphOf(value, false))?.kind)
    expect(kinds).toEqual(['int', 'float', 'boolean', 'text', 'text'])
  })

  it('is edited, and keeps what stands behind its value', () => {
    const graph = setValue(graphOf(1024, true), '1', { name: 'value', value: 640, catalog })
    expect(graph.nodes.get('1')?.widgets).toEqual([640, 'fixed'])
  })
})

it('other nodes are what the server says, or unknown', () => {
  const opened = openDocument('{"nodes":[{"id":1,"type":"Latent"},{"id":2,"type":"constructor"}]}')
  if (!opened.ok) throw new Error(opened.message)
  const { root } = opened.doc
  expect([...root.nodes.values()].map((node) => manifestOf(catalog, root, node))).toEqual([latent, undefined])
})
