import type { LayoutBox, LayoutEdge } from '@dicache/engine'
import { describe, expect, it } from 'vitest'
import { columnLayout, loadLayout } from './layout-graph.ts'

const layered = await loadLayout()

/** A graph of `count` boxes; each but the first is linked to one or two before it. */
function graph(count: number): {
  readonly boxes: readonly LayoutBox[]
  readonly edges: readonly LayoutEdge[]
} {
  const boxes = Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    widthPx: 200 + (index % 3) * 100,
    heightPx: 60 + (index % 5) * 40,
  }))
  const edges = boxes.slice(1).flatMap(({ id }, index) => [
    { from: `n${index >> 1}`, to: id },
    { from: `n${index}`, to: id },
  ])
  return { boxes, edges }
}

describe.each([
  ['layeredLayout', layered],
  ['columnLayout', columnLayout],
])('D-19 %s', (_, layout) => {
  it.each([1, 2, 30])('puts %i boxes side by side, sources to the left', (count) => {
    const { boxes, edges } = graph(count)
    const places = layout(boxes, edges)
    const at = (id: string): readonly [number, number] => places.get(id) ?? [Number.NaN, Number.NaN]
    for (const { from, to } of edges) {
      const width = boxes.find(({ id }) => id === from)?.widthPx ?? 0
      expect(at(from)[0] + width).toBeLessThan(at(to)[0])
    }
    for (const [index, a] of boxes.entries()) {
      expect(at(a.id).every(Number.isFinite)).toBe(true)
      for (const b of boxes.slice(index + 1)) {
        const [[ax, ay], [bx, by]] = [at(a.id), at(b.id)]
        const apart =
          ax + a.widthPx <= bx || bx + b.widthPx <= ax || ay + a.heightPx <= by || by + b.heightPx <= ay
        expect(`${a.id} ${b.id} ${apart}`).toBe(`${a.id} ${b.id} true`)
      }
    }
  })

  it('takes circles, boxes linked to themselves, and nothing', () => {
    const { boxes } = graph(3)
    const edges = [
      { from: 'n0', to: 'n1' },
      { from: 'n1', to: 'n0' },
      { from: 'n2', to: 'n2' },
    ]
    expect([...layout(boxes, edges).keys()]).toEqual(['n0', 'n1', 'n2'])
    expect(layout([], []).size).toBe(0)
  })
})

it('D-19 large graphs, and those whose links cross many layers, are put into columns', () => {
  const { boxes, edges } = graph(20_000)
  expect(layered(boxes, edges)).toEqual(columnLayout(boxes, edges))
  const dense = graph(120)
  expect(layered(dense.boxes, dense.edges)).toEqual(columnLayout(dense.boxes, dense.edges))
})
