/** The part of LiteGraph that this folder uses. Its own declarations lack most of what a subclass needs. */
declare module 'litegraph.js/build/litegraph.core.js' {
  export type Vector = Float32Array | number[]

  export type Slot = {
    name: string
    type: string
    link?: number | string | null
    links?: (number | string)[] | null
    pos?: number[]
    slot_index?: number
    /** Ours: the socket of a setting, which lies on its row. */
    row?: true
  }

  export class LLink {
    constructor(
      ...parts: [id: string, type: string, from: string, fromSlot: number, to: string, toSlot: number]
    )
    id: number | string
    type: string
    origin_id: string
    origin_slot: number
    target_id: string
    target_slot: number
    _pos: Float32Array
  }

  export class LGraphNode {
    constructor(title?: string)
    id: string | number
    title: string
    type: string | null
    pos: Float32Array
    size: number[]
    inputs: Slot[]
    outputs: Slot[]
    flags: { collapsed?: boolean; pinned?: boolean }
    is_selected?: boolean
    mouseOver?: boolean
    resizable?: boolean
    graph: LGraph | null
    _collapsed_width?: number
    getConnectionPos(isInput: boolean, slot: number, out?: Float32Array): Float32Array
    getBounding(out?: Float32Array, outer?: boolean): Float32Array
    setSize(size: number[]): void
    computeSize(): number[]
    connect(slot: number, target: LGraphNode, targetSlot: number): LLink | null
    connectByType(slot: number, target: LGraphNode, type: string): LLink | null
    connectByTypeOutput(slot: number, source: LGraphNode, type: string): LLink | null
    disconnectInput(slot: number): boolean
    disconnectOutput(slot: number): boolean
    collapse(): void
  }

  export class LGraphGroup {
    constructor(title?: string)
    title: string
    color: string
    pos: Float32Array
    size: Float32Array
    _bounding: Float32Array
    _nodes: LGraphNode[]
    graph: LGraph | null
    recomputeInsideNodes(): void
    move(x: number, y: number, ignoreNodes?: boolean): void
  }

  export class LGraph {
    _nodes: LGraphNode[]
    _nodes_by_id: Record<string, LGraphNode>
    _groups: LGraphGroup[]
    links: Record<string, LLink>
    list_of_graphcanvas: LGraphCanvas[] | null
    getNodeOnPos(x: number, y: number, nodes?: LGraphNode[], margin?: number): LGraphNode | null
    getGroupOnPos(x: number, y: number): LGraphGroup | null
    change(): void
  }

  export class DragAndScale {
    offset: Float32Array
    scale: number
    max_scale: number
    min_scale: number
    element: HTMLCanvasElement | null
    visible_area: Float32Array
    changeScale(value: number, center?: readonly number[]): void
  }

  /** What LiteGraph reads from, and writes on, an event. */
  export type CanvasPointer = {
    clientX: number
    clientY: number
    canvasX: number
    canvasY: number
    which: number
    ctrlKey: boolean
    shiftKey: boolean
    altKey: boolean
    metaKey: boolean
    type: string
    click_time?: number
    dragging?: boolean
    isPrimary: undefined
    preventDefault: () => void
    stopPropagation: () => void
  }

  export class LGraphCanvas {
    constructor(
      canvas: HTMLCanvasElement,
      graph: LGraph | null,
      options: { skip_render: true; skip_events: true },
    )
    canvas: HTMLCanvasElement
    graph: LGraph
    ds: DragAndScale
    allow_searchbox: boolean
    allow_reconnect_links: boolean
    zoom_modify_alpha: boolean
    visible_area: Float32Array
    visible_nodes: LGraphNode[]
    visible_links: LLink[]
    selected_nodes: Record<string, LGraphNode>
    selected_group: LGraphGroup | null
    selected_group_resizing: boolean
    highlighted_links: Record<string, boolean>
    dragging_canvas: boolean
    dragging_rectangle: Float32Array | null
    connecting_node: LGraphNode | null
    connecting_output: Slot | null
    connecting_input: Slot | null
    connecting_pos: Float32Array | null
    connecting_slot: number
    node_dragged: LGraphNode | null
    resizing_node: LGraphNode | null
    node_widget: [LGraphNode, unknown] | null
    node_over: LGraphNode | null
    over_link_center: LLink | null
    graph_mouse: number[]
    last_mouseclick: number
    dirty_canvas: boolean
    dirty_bgcanvas: boolean
    setDirty(front: boolean, back?: boolean): void
    processMouseDown(event: CanvasPointer): boolean | undefined
    processMouseMove(event: CanvasPointer): boolean | undefined
    processMouseUp(event: CanvasPointer): boolean | undefined
    processNodeSelected(node: LGraphNode, event: CanvasPointer | null): void
    processNodeDblClicked(node: LGraphNode): void
    processNodeWidgets(node: LGraphNode, pos: Vector, event: CanvasPointer, active?: unknown): unknown
    processContextMenu(node: LGraphNode | null, event: CanvasPointer): void
    selectNodes(nodes: LGraphNode[], add?: boolean): void
    deselectNode(node: LGraphNode): void
    deselectAllNodes(): void
    showSearchBox(event: CanvasPointer): void
    showConnectionMenu(options: { e: CanvasPointer }): void
    showLinkMenu(link: LLink, event: CanvasPointer): boolean
    bringToFront(node: LGraphNode): void
    isOverNodeInput(node: LGraphNode, x: number, y: number, pos?: Vector): number
    isOverNodeOutput(node: LGraphNode, x: number, y: number, pos?: Vector): number
    draw(front?: boolean, back?: boolean): void
  }

  export const LiteGraph: {
    /** Not among the module's own exports. */
    LLink: typeof LLink
    NODE_TITLE_HEIGHT: number
    NODE_SLOT_HEIGHT: number
    release_link_on_empty_shows_menu: boolean
    closeAllContextMenus: (window: Window) => void
    isValidConnection: (a: string, b: string) => boolean
  }
}
