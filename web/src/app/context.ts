/** What commands and panels work with. */
import type { CanvasHandle } from '../canvas/canvas-handle.ts'
import type { ServerLink } from '../server/server-link.ts'
import type { Saver } from './saver.ts'
import type { Store } from './store.ts'

export type Context = {
  readonly store: Store
  readonly link: ServerLink
  /** Saves a document on the server; throws what a user can be told. */
  readonly save: Saver
  readonly canvas: () => CanvasHandle
  readonly toast: (tone: 'info' | 'error' | 'success', text: string, jumpTo?: string) => void
  /** Puts the focus on an element once the page is painted. */
  readonly focus: (selector: string) => void
}
