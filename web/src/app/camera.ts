/** Looks at nodes. */
import type { Group, Point } from '../state/document/document.ts'
import type { Context } from './context.ts'

type Bounds = Group['bounding']

/** The camera that shows a part of the graph as large as they fit, but not larger than life. */
export function fitCamera(
  bounds: Bounds | undefined,
  [width, height]: Point,
): { scale: number; offset: Point } {
  if (bounds === undefined) return { scale: 1, offset: [60, 60] }
  const [x, y, w, h] = bounds
  const scale = Math.max(0.05, Math.min(1.1 * Math.max(1, width / 1900), (width - 80) / w, (height - 90) / h))
  return { scale, offset: [width / scale / 2 - (x + w / 2), height / scale / 2 - (y + h / 2)] }
}

export function showNodes(
  { canvas, store }: Pick<Context, 'canvas' | 'store'>,
  keys?: Iterable<string>,
): void {
  const camera = fitCamera(canvas().bounds(keys), canvas().size())
  canvas().setView(camera)
  store.dispatch({ type: 'camera.moved', camera })
}
