/** Aligns nodes, spreads them evenly, and lays out graphs that have no places. */
import type { Graph, GraphNode, Point } from '../document/document.ts'
import { moveNodes } from './edit-nodes.ts'

export type Alignment = 'left' | 'right' | 'top' | 'bottom' | 'spread-x' | 'spread-y'

/** Aligns nodes on the outermost edge, or spreads the gaps between them evenly. */
export function align(graph: Graph, keys: ReadonlySet<string>, how: Alignment): Graph {
  const nodes = [...keys].flatMap((key) => graph.nodes.get(key) ?? [])
  if (nodes.length < 2) return graph
  const places = how === 'spread-x' || how === 'spread-y' ? spread(nodes, how) : onEdge(nodes, how)
  return moveNodes(graph, places)
}

function onEdge(
  nodes: readonly GraphNode[],
  how: 'left' | 'right' | 'top' | 'bottom',
): ReadonlyMap<string, Point> {
  const left = Math.min(...nodes.map(({ pos }) => pos[0]))
  const top = Math.min(...nodes.map(({ pos }) => pos[1]))
  const right = Math.max(...nodes.map(({ pos, size }) => pos[0] + size[0]))
  const bottom = Math.max(...nodes.map(({ pos, size }) => pos[1] + size[1]))
  const place = ({ pos, size }: GraphNode): Point => {
    switch (how) {
      case 'left':
        return [left, pos[1]]
      case 'right':
        return [right - size[0], pos[1]]
      case 'top':
        return [pos[0], top]
      case 'bottom':
        return [pos[0], bottom - size[1]]
    }
  }
  return new Map(nodes.map((node) => [String(node.id), place(node)]))
}

function spread(nodes: readonly GraphNode[], how: 'spread-x' | 'spread-y'): ReadonlyMap<string, Point> {
  const axis = how === 'spread-x' ? 0 : 1
  const sorted = nodes.toSorted((a, b) => a.pos[axis] - b.pos[axis])
  const first = sorted[0]
  const last = sorted.at(-1)
  if (first === undefined || last === undefined) return new Map()
  const total = last.pos[axis] + last.size[axis] - first.pos[axis]
  const gap = (total - sorted.reduce((sum, { size }) => sum + size[axis], 0)) / (sorted.length - 1)
  let at = first.pos[axis]
  return new Map(
    sorted.map((node): [string, Point] => {
      const pos: Point = axis === 0 ? [at, node.pos[1]] : [node.pos[0], at]
      at += node.size[axis] + gap
      return [String(node.id), pos]
    }),
  )
}
