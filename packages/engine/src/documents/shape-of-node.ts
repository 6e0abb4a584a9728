/** What the document itself says about the type of a node that nobody knows: newer files list each setting as an input. */
import { isJsonArray, layoutWidgets } from '@dicache/protocol'
import type { ParamManifest, UiInput, UiNode } from '@dicache/protocol'
import type { NodeShape } from './node-shape.ts'

/** The type as far as the node shows it; undefined where its values cannot be told apart. */
export function shapeOfNode(node: UiNode): NodeShape | undefined {
  const values = node.widgets_values
  const inputs = node.inputs ?? []
  const params = inputs.flatMap((input) => paramOf(input) ?? [])
  if (!isJsonArray(values) || params.length === 0) return undefined
  const { indexOf, extra } = layoutWidgets(params, values)
  if (indexOf.size < params.length || extra > 0) return undefined
  return { type: node.type, title: node.type, inputs: [], params, outputs: [] }
}

function paramOf({ name, type, widget }: UiInput): ParamManifest | undefined {
  if (widget === null || widget === undefined) return undefined
  const base = { name: widget.name ?? name }
  switch (type) {
    case 'INT':
      return ['seed', 'noise_seed'].includes(base.name)
        ? { ...base, kind: 'seed', default: '0' }
        : { ...base, kind: 'int', step: 1 }
    case 'FLOAT':
      return { ...base, kind: 'float', step: 0.01 }
    case 'BOOLEAN':
      return { ...base, kind: 'boolean' }
    case 'STRING':
      return { ...base, kind: 'text' }
    default:
      return { ...base, kind: 'choice', options: [] }
  }
}
