/** LiteGraph's node with the editor's own data: it draws from the document and changes nothing by itself. */
import type { NodeManifest, Problem } from '@dicache/protocol'
import { LGraphNode } from 'litegraph.js/build/litegraph.core.js'
import type { LLink } from 'litegraph.js/build/litegraph.core.js'
import type { GraphNode } from '../state/document/document.ts'
import type { NodeRun } from '../state/run/run-view.ts'
import type { NodeLayout } from './node-layout.ts'

/** What a gesture on a node asks for. */
export type NodeGestures = {
  readonly connect: (from: StudioNode, slot: number, to: StudioNode, target: number | string) => void
  readonly disconnectInput: (node: StudioNode, slot: number) => void
  readonly disconnectOutput: (node: StudioNode, slot: number) => void
  readonly collapse: (node: StudioNode) => void
}

/** What a node shows. `border` is a subgraph's own side, which is no node of the document. */
export type NodeFace = {
  readonly kind: 'node' | 'missing' | 'subgraph' | 'border'
  readonly title: string
  readonly manifest: NodeManifest | undefined
  readonly model: GraphNode
  readonly layout: NodeLayout
}

/** A picture that a node shows, decoded. */
export type Picture = {
  readonly image: CanvasImageSource
  readonly widthPx: number
  readonly heightPx: number
}

export class StudioNode extends LGraphNode {
  readonly key: string
  face: NodeFace
  run: NodeRun | undefined = undefined
  problems: readonly Problem[] = []
  pictures: readonly Picture[] = []
  showsResult = false
  readonly #gestures: NodeGestures

  constructor(key: string, face: NodeFace, gestures: NodeGestures) {
    super(key)
    this.key = key
    this.id = key
    this.face = face
    this.#gestures = gestures
  }

  override computeSize(): number[] {
    return [Math.max(120, Math.min(160, this.face.model.size[0])), this.face.layout.minHeight]
  }

  override connect(slot: number, target: LGraphNode, targetSlot: number): LLink | null {
    if (target instanceof StudioNode) this.#gestures.connect(this, slot, target, targetSlot)
    return null
  }

  /** Dropped on a node's body: the socket that suits best. */
  override connectByType(slot: number, target: LGraphNode, type: string): LLink | null {
    if (target instanceof StudioNode) this.#gestures.connect(this, slot, target, `input:${type}`)
    return null
  }

  override connectByTypeOutput(slot: number, source: LGraphNode, type: string): LLink | null {
    if (source instanceof StudioNode) this.#gestures.connect(source, -1, this, `output:${slot}:${type}`)
    return null
  }

  override disconnectInput(slot: number): boolean {
    this.#gestures.disconnectInput(this, slot)
    return true
  }

  override disconnectOutput(slot: number): boolean {
    this.#gestures.disconnectOutput(this, slot)
    return true
  }

  override collapse(): void {
    this.#gestures.collapse(this)
  }
}
