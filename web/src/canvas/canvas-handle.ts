/** The words between the canvas and the rest of the editor. */
import type { SavedFile } from '@dicache/protocol'
import type { Graph, Group, Point } from '../state/document/document.ts'
import type { Socket } from './brush.ts'
import type { CanvasView } from './reconcile.ts'
import type { FrameStats } from './studio-canvas.ts'

/** What was clicked with the right button. */
export type MenuTarget =
  | { readonly kind: 'node'; readonly key: string; readonly at: Point }
  | { readonly kind: 'group'; readonly id: string; readonly at: Point }
  | { readonly kind: 'link'; readonly id: string }
  | { readonly kind: 'canvas'; readonly at: Point }

/** A wish for a search of node types; `from` is the socket of a link that was dropped on nothing. */
export type SearchWish = {
  readonly clientX: number
  readonly clientY: number
  readonly at: Point
  readonly from: (Socket & { readonly slot: number }) | undefined
}

/** A rectangle of the page in CSS pixels, and the zoom of what it covers. */
export type PageBox = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly scale: number
}

/** Where the canvas looks. */
export type Camera = { readonly scale: number; readonly offset: Point }

/** What gestures on the canvas ask for. Changes with one `merge` are one step of undo. */
export type CanvasHandlers = {
  readonly edit: (change: (graph: Graph) => Graph, merge?: string) => void
  readonly select: (keys: readonly string[], how: 'replace' | 'add' | 'toggle') => void
  readonly search: (wish: SearchWish) => void
  readonly menu: (target: MenuTarget, at: { readonly clientX: number; readonly clientY: number }) => void
  readonly editValue: (wish: { readonly key: string; readonly param: string; readonly box: PageBox }) => void
  readonly upload: (key: string, param: string) => void
  readonly openSubgraph: (key: string, id: string) => void
  readonly renameNode: (key: string) => void
  readonly renameGroup: (id: string) => void
  readonly viewChanged: (camera: Camera) => void
  readonly gestureBegan: () => void
  readonly resized: () => void
  /** Pictures that a node shows without a run: the file that it loads. */
  readonly filesOf: (key: string) => readonly SavedFile[]
  /** The address of a picture; `version` tells pictures of one name apart. */
  readonly urlOf: (file: SavedFile, version?: string) => string
}

/** A canvas in the page. */
export type CanvasHandle = {
  readonly update: (view: CanvasView) => void
  readonly setTheme: (theme: 'dark' | 'light') => void
  readonly setView: (camera: Camera) => void
  readonly setEditing: (editing: { readonly key: string; readonly param: string } | undefined) => void
  readonly zoomBy: (factor: number) => void
  readonly pageToGraph: (clientX: number, clientY: number) => Point
  readonly graphToPage: (point: Point) => Point
  readonly size: () => Point
  /** The frame around nodes (all, when none are given) as they are shown; undefined when there are none. */
  readonly bounds: (keys?: Iterable<string>) => Group['bounding'] | undefined
  readonly stats: FrameStats
  readonly dispose: () => void
}
