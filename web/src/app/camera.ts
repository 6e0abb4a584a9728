/** Looks at nodes. */
import { activeTab } from '../state/app/app-state.ts'
import type { Group, Point } from '../state/document/document.ts'
import type { Context } from './context.ts'

type Bounds = Group['bounding']

/** The camera that shows a part of the graph as large as it fits beside what covers the left, but not larger than life. */
export function fitCamera(
  bounds: Bounds | undefined,
  [fullWidth, height]: Point,
  coveredPx = 0,
): { scale: number; offset: Point } {
  if (bounds === undefined) return { scale: 1, offset: [60 + coveredPx, 60] }
  const width = fullWidth - coveredPx
  const [x, y, w, h] = bounds
  const scale = Math.max(0.05, Math.min(1.1 * Math.max(1, width / 1900), (width - 80) / w, (height - 90) / h))
  return { scale, offset: [(coveredPx + width / 2) / scale - (x + w / 2), height / scale / 2 - (y + h / 2)] }
}

export function showNodes(
  { canvas, store }: Pick<Context, 'canvas' | 'store'>,
  keys?: Iterable<string>,
): void {
  const camera = fitCamera(
    canvas().bounds(keys),
    canvas().size(),
    store.state().side === undefined ? 0 : coveredPx(canvas().size()),
  )
  canvas().setView(camera)
  store.dispatch({ type: 'camera.moved', camera: { ...camera, fitted: keys === undefined } })
}

/** Shows everything again when what there is to see it in has changed, unless its user looks elsewhere. */
export function keepFitted(context: Pick<Context, 'canvas' | 'store'>): void {
  if (activeTab(context.store.state())?.camera?.fitted === true) showNodes(context)
}

/** How much of the canvas the open panel covers; where it covers most of it, it does not count. */
function coveredPx([width]: Point): number {
  // A panel that was opened just now is painted with the next frame.
  const side = document.querySelector('.side')?.getBoundingClientRect().width ?? 330
  return side < width * 0.6 ? side : 0
}
