import { parseJson } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import type { Graph } from '../document/document.ts'
import { openJson } from '../document/open-document.ts'
import { align } from './arrange.ts'
import { copyText, duplicate, paste, readCopied } from './clipboard.ts'
import { connect, whyNotLinked } from './edit-links.ts'
import { removeNodes, toggleMode } from './edit-nodes.ts'
import { readNumber, stepNumber } from './step-number.ts'
import { unwrapSubgraph, wrapInSubgraph } from './subgraphs.ts'

/** A → B → C, all IMAGE; D gives MODEL. */
function graph(): Graph {
  const node = (id: number, type: string, input: boolean, output: string) => ({
    id,
    type,
    pos: [id * 100, id * 10],
    size: [80, 40],
    inputs: input ? [{ name: 'in', type: 'IMAGE', link: null }] : [],
    outputs: [{ name: 'out', type: output }],
  })
  const value = {
    nodes: [
      node(1, 'A', false, 'IMAGE'),
      node(2, 'B', true, 'IMAGE'),
      node(3, 'C', true, 'IMAGE'),
      node(4, 'D', false, 'MODEL'),
    ],
    links: [
      [1, 1, 0, 2, 0, 'IMAGE'],
      [2, 2, 0, 3, 0, 'IMAGE'],
    ],
  }
  const opened = openJson(parseJson(JSON.stringify(value)))
  if (!opened.ok) throw new Error(opened.message)
  return opened.doc.root
}

const linksOf = ({ links }: Graph) => [...links.values()].map(({ from, to }) => `${from}>${to}`).toSorted()

describe('links', () => {
  it('are refused for other types, circles, and sockets that are not there', () => {
    const g = graph()
    expect(whyNotLinked(g, { from: '4', fromSlot: 0, to: '2', toSlot: 0 })).toMatch(
      /MODEL does not fit IMAGE/,
    )
    expect(whyNotLinked(g, { from: '3', fromSlot: 0, to: '2', toSlot: 0 })).toMatch(/circle/)
    expect(whyNotLinked(g, { from: '2', fromSlot: 0, to: '2', toSlot: 0 })).toMatch(/itself/)
    expect(whyNotLinked(g, { from: '9', fromSlot: 0, to: '2', toSlot: 0 })).toMatch(/not there/)
    expect(connect(g, { from: '4', fromSlot: 0, to: '2', toSlot: 0 })).toBe(g)
  })

  it('replace what was linked to the input before', () => {
    const linked = connect(graph(), { from: '1', fromSlot: 0, to: '3', toSlot: 0 })
    expect(linksOf(linked)).toEqual(['1>2', '1>3'])
    expect(linked.links.get(linked.nodes.get('3')?.inputs[0]?.link ?? '')?.from).toBe('1')
  })

  it('go with their nodes', () => {
    const rest = removeNodes(graph(), new Set(['2']))
    expect(linksOf(rest)).toEqual([])
    expect(rest.nodes.get('3')?.inputs[0]?.link).toBeNull()
  })
})

describe('copies', () => {
  it('have ids of their own and the links between them', () => {
    const copied = readCopied(copyText(graph(), new Set(['1', '2'])))
    const { graph: pasted, keys } = paste(graph(), copied ?? graph())
    expect(keys).toEqual(['5', '6'])
    expect(linksOf(pasted)).toEqual(['1>2', '2>3', '5>6'])
  })

  it('that are duplicates keep what feeds them', () => {
    const { graph: copy } = duplicate(graph(), new Set(['2']))
    expect(linksOf(copy)).toEqual(['1>2', '1>5', '2>3'])
  })

  it('of other text are none', () => {
    for (const text of ['', 'hello', '{"a":1}', '{"nodes":[]}', '{']) expect(readCopied(text)).toBeUndefined()
  })
})

describe('subgraphs', () => {
  it('keep every link when nodes go in, and when they come out again', () => {
    const doc = { root: graph(), subgraphs: new Map() }
    const wrapped = wrapInSubgraph(doc, { at: undefined, keys: new Set(['2']), id: 'u', name: 'S' })
    expect(linksOf(wrapped.root)).toEqual(['1>5', '5>3'])
    expect(linksOf(wrapped.subgraphs.get('u')?.graph ?? graph())).toEqual(['-10>2', '2>-20'])
    const back = unwrapSubgraph(wrapped, { at: undefined, key: '5' })
    expect(linksOf(back.root)).toEqual(['1>6', '6>3'])
    expect(back.subgraphs.size).toBe(0)
  })
})

describe('arranging', () => {
  it('aligns on the outermost edge', () => {
    const lefts = align(graph(), new Set(['1', '2', '3']), 'left')
    expect([...lefts.nodes.values()].slice(0, 3).map(({ pos }) => pos[0])).toEqual([100, 100, 100])
  })

  it('switches a mode off only when all have it', () => {
    const once = toggleMode(graph(), ['1', '2'], 4)
    const mixed = toggleMode(once, ['1', '3'], 4)
    expect([...mixed.nodes.values()].map(({ mode }) => mode)).toEqual([4, 4, 4, 0])
    expect(toggleMode(mixed, ['1', '2', '3'], 4).nodes.get('1')?.mode).toBe(0)
  })
})

it('keeps numbers in range, and seeds exact', () => {
  const int = { kind: 'int', name: 'n', step: 8, min: 16, max: 64 } as const
  expect([stepNumber(int, 16, 2), stepNumber(int, 16, -9), stepNumber(int, 60, 9)]).toEqual([32, 16, 64])
  const seed = { kind: 'seed', name: 's', default: '0' } as const
  expect(readNumber(seed, '18446744073709551615')).toBe(18446744073709551615n)
  expect(stepNumber(seed, 18446744073709551615n, 1)).toBe(18446744073709551615n)
  expect([readNumber(int, 'x'), readNumber(int, ''), readNumber(seed, '-1'), readNumber(int, '1e9')]).toEqual(
    [undefined, undefined, undefined, 64],
  )
})
