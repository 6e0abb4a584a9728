/** Places the nodes of a graph in layers, from left to right in the direction of the data. */
import type { LayoutBox, LayoutEdge, LayoutGraph } from '@dicache/engine'

const GAP_PX = { between: 40, layers: 80 } as const
/** What stands above a node's own area. */
const TITLE_PX = 30
/**
 * Crossings are minimised in more than linear time of the layers that all links cross together: 0.5 s for this many.
 * Larger graphs are put into plain columns.
 */
const MAX_BOXES = 500
const MAX_CROSSED = 1200

/** What is used of the library; its own types do not resolve under Node's rules. */
type Dagre = {
  readonly Graph: new (options: { readonly multigraph: boolean }) => DagreGraph
  readonly layout: (graph: DagreGraph) => void
}
type DagreGraph = {
  readonly setGraph: (label: {
    readonly rankdir: 'LR'
    readonly nodesep: number
    readonly ranksep: number
  }) => void
  readonly setDefaultEdgeLabel: (label: () => object) => void
  readonly setNode: (id: string, label: { readonly width: number; readonly height: number }) => void
  readonly setEdge: (from: string, to: string) => void
  readonly node: (id: string) => { readonly x?: number; readonly y?: number }
}

/** Loads the layout; it is needed by conversions only. */
export async function loadLayout(): Promise<LayoutGraph> {
  const { Graph, layout } = (await import('@dagrejs/dagre')) as unknown as Dagre
  return function layeredLayout(boxes, edges) {
    if (boxes.length > MAX_BOXES || layersCrossed(boxes, edges) > MAX_CROSSED)
      return columnLayout(boxes, edges)
    const graph = new Graph({ multigraph: false })
    graph.setGraph({ rankdir: 'LR', nodesep: GAP_PX.between, ranksep: GAP_PX.layers })
    graph.setDefaultEdgeLabel(() => ({}))
    for (const { id, widthPx, heightPx } of boxes)
      graph.setNode(id, { width: widthPx, height: heightPx + TITLE_PX })
    for (const { from, to } of edges) if (from !== to) graph.setEdge(from, to)
    layout(graph)
    return new Map(
      boxes.map(({ id, widthPx, heightPx }) => {
        // The library gives centres.
        const { x = 0, y = 0 } = graph.node(id)
        return [id, [Math.round(x - widthPx / 2), Math.round(y - heightPx / 2 + TITLE_PX / 2)] as const]
      }),
    )
  }
}

/** Each box in the column behind its last source; in a circle, wherever the walk left it. */
export function columnLayout(
  boxes: readonly LayoutBox[],
  edges: readonly LayoutEdge[],
): ReadonlyMap<string, readonly [leftPx: number, topPx: number]> {
  const columns = columnsOf(boxes, edges)
  const widths: number[] = []
  for (const { id, widthPx } of boxes) {
    const column = columns.get(id) ?? 0
    widths[column] = Math.max(widths[column] ?? 0, widthPx)
  }
  const lefts: number[] = []
  let left = 0
  for (const width of widths) {
    lefts.push(left)
    left += (width ?? 0) + GAP_PX.layers
  }
  const tops = new Map<number, number>()
  return new Map(
    boxes.map(({ id, heightPx }) => {
      const column = columns.get(id) ?? 0
      const top = (tops.get(column) ?? 0) + TITLE_PX
      tops.set(column, top + heightPx + GAP_PX.between)
      return [id, [lefts[column] ?? 0, top] as const]
    }),
  )
}

function layersCrossed(boxes: readonly LayoutBox[], edges: readonly LayoutEdge[]): number {
  const columns = columnsOf(boxes, edges)
  const between = ({ from, to }: LayoutEdge): number =>
    Math.max(1, Math.abs((columns.get(to) ?? 0) - (columns.get(from) ?? 0)))
  return edges.reduce((sum, edge) => sum + between(edge), 0)
}

function columnsOf(boxes: readonly LayoutBox[], edges: readonly LayoutEdge[]): ReadonlyMap<string, number> {
  const columns = new Map(boxes.map(({ id }) => [id, 0]))
  const waits = new Map(boxes.map(({ id }) => [id, 0]))
  const byFrom = Map.groupBy(edges, ({ from }) => from)
  for (const { to } of edges) waits.set(to, (waits.get(to) ?? 0) + 1)
  const ready = boxes.map(({ id }) => id).filter((id) => waits.get(id) === 0)
  for (const id of ready) {
    for (const { to } of byFrom.get(id) ?? []) {
      columns.set(to, Math.max(columns.get(to) ?? 0, (columns.get(id) ?? 0) + 1))
      const left = (waits.get(to) ?? 0) - 1
      waits.set(to, left)
      if (left === 0) ready.push(to)
    }
  }
  return columns
}
