/** Looks at nodes. */
import type { Graph, Point } from '../state/document/document.ts'
import { boundsOf } from '../state/edit/edit-nodes.ts'
import type { Context } from './context.ts'

/** The camera that shows nodes (all, when none are given) as large as they fit, but not larger than life. */
export function fitCamera(graph: Graph, [width, height]: Point, keys?: Iterable<string>): { scale: number; offset: Point } {
  const bounds = boundsOf(graph, keys ?? graph.nodes.keys())
  if (bounds === undefined) return { scale: 1, offset: [60, 60] }
  const [x, y, w, h] = bounds
  const scale = Math.max(0.05, Math.min(1.1, (width - 80) / w, (height - 90) / h))
  return { scale, offset: [width / scale / 2 - (x + w / 2), height / scale / 2 - (y + h / 2)] }
}

export function showNodes(context: Context, graph: Graph, keys?: Iterable<string>): void {
  const camera = fitCamera(graph, context.canvas().size(), keys)
  context.canvas().setView(camera)
  context.store.dispatch({ type: 'camera.moved', camera })
}
