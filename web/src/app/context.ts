/** What commands and panels work with. */
import type { CanvasHandle } from '../canvas/canvas-handle.ts'
import type { ServerLink } from '../server/server-link.ts'
import type { Store } from './store.ts'

export type Context = {
  readonly store: Store
  readonly link: ServerLink
  readonly canvas: () => CanvasHandle
  readonly toast: (tone: 'info' | 'error' | 'success', text: string, jumpTo?: string) => void
  /** Puts the focus on an element once the page is painted. */
  readonly focus: (selector: string) => void
}
