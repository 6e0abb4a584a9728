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

const COLUMN_GAP_PX = 70
const ROW_GAP_PX = 60

/** Lays all nodes out in columns from sources to outputs, a node right of everything that feeds it. */
export function layOut(graph: Graph): Graph {
  const column = new Map<string, number>()
  const feeds = Map.groupBy(graph.links.values(), ({ to }) => to)
  const depth = (start: string): void => {
    // Iterative, so that a chain of thousands does not need the stack; `open` breaks circles.
    const waiting: { key: string; asked: boolean }[] = [{ key: start, asked: false }]
    const open = new Set<string>()
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const sources = (feeds.get(top.key) ?? [])
        .map(({ from }) => from)
        .filter((from) => graph.nodes.has(from))
      if (top.asked || column.has(top.key)) {
        waiting.pop()
        open.delete(top.key)
        if (!column.has(top.key))
          column.set(top.key, Math.max(-1, ...sources.map((key) => column.get(key) ?? -1)) + 1)
        continue
      }
      top.asked = true
      open.add(top.key)
      for (const key of sources) if (!column.has(key) && !open.has(key)) waiting.push({ key, asked: false })
    }
  }
  for (const key of graph.nodes.keys()) depth(key)
  const columns = Map.groupBy(graph.nodes.keys(), (key) => column.get(key) ?? 0)
  const places = new Map<string, Point>()
  let x = 40
  for (const index of [...columns.keys()].toSorted((a, b) => a - b)) {
    let y = 80
    let width = 0
    for (const key of columns.get(index) ?? []) {
      const node = graph.nodes.get(key)
      if (node === undefined) continue
      places.set(key, [x, y])
      y += node.size[1] + ROW_GAP_PX
      width = Math.max(width, node.size[0])
    }
    x += width + COLUMN_GAP_PX
  }
  return moveNodes(graph, places)
}
