/** Builds a node of the UI format from a node of a graph: sockets, links, widgets, and a size that fits them. */
import { ANY_TYPE, fullWidgets, paramType } from '@dicache/protocol'
import type { JsonObject, JsonValue, ParamManifest } from '@dicache/protocol'
import type { GraphInput, GraphNode } from '../graph.ts'
import { withDynamicBy } from './dynamic-settings.ts'
import type { NodeShape } from './node-shape.ts'
import { widgetDefault } from './param-default.ts'

/** A link by its number, and the output that it comes from. */
export type LinkEnd = { readonly link: number; readonly from: string; readonly slot: number }

/** The links of one node: by the name of the input, and by the number of the output. */
export type NodeLinks = {
  readonly inputs: ReadonlyMap<string, LinkEnd>
  readonly outputs: ReadonlyMap<number, readonly number[]>
}

/** A node as it stands in a document. */
export type BuiltNode = {
  readonly id: number | string
  readonly type: string
  readonly pos: readonly [leftPx: number, topPx: number]
  readonly size: readonly [widthPx: number, heightPx: number]
  readonly flags: JsonObject
  readonly order: number
  readonly mode: 0
  readonly inputs: readonly BuiltInput[]
  readonly outputs: readonly {
    readonly name: string
    readonly type: string
    readonly links: readonly number[] | null
  }[]
  readonly title?: string
  readonly properties: JsonObject
  readonly widgets_values: readonly JsonValue[] | JsonObject
}

/** An input socket. */
export type BuiltInput = {
  readonly name: string
  readonly type: string
  readonly link: number | null
  readonly widget?: { readonly name: string }
}

/** Builds a node at the origin; its place is given to it later. */
export function buildUiNode(
  node: GraphNode,
  type: NodeShape | undefined,
  { links, order }: { readonly links: NodeLinks; readonly order: number },
): BuiltNode {
  const shape = withDynamicBy(type, (name) => constant(node.inputs.get(name)))
  const inputs = inputsOf(node, shape, links)
  const outputs = outputsOf(shape, links)
  const params = (shape?.params ?? []).filter(({ socketOnly }) => !socketOnly)
  const isTitled = node.title !== (shape?.title ?? node.type)
  return {
    id: idOf(node.id),
    type: node.type,
    pos: [0, 0],
    size: sizeOf(params, Math.max(inputs.length, outputs.length)),
    flags: {},
    order,
    mode: 0,
    inputs,
    outputs,
    ...(isTitled && { title: node.title }),
    properties: { 'Node name for S&R': node.type },
    widgets_values:
      shape === undefined ? constantsOf(node) : fullWidgets(shape.params, (param) => valueOf(node, param)),
  }
}

/** Ids of digits are numbers in the editor's format. */
function idOf(id: string): number | string {
  return /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id
}

/** Declared sockets, then linked settings, then links that nobody declared. */
function inputsOf(node: GraphNode, shape: NodeShape | undefined, links: NodeLinks): readonly BuiltInput[] {
  const linkAt = (name: string): number | null => links.inputs.get(name)?.link ?? null
  const sockets = (shape?.inputs ?? []).map(({ name, type, optional }) => ({
    name,
    type,
    link: linkAt(name),
    ...(optional && { shape: 7 }), // drawn hollow
  }))
  const settings = (shape?.params ?? []).flatMap((param): BuiltInput[] => {
    const { name, socketOnly } = param
    if (!socketOnly && !links.inputs.has(name)) return []
    return [{ name, type: paramType(param), link: linkAt(name), ...(!socketOnly && { widget: { name } }) }]
  })
  const declared = new Set([...sockets, ...settings].map(({ name }) => name))
  const others = [...node.inputs.keys()].filter((name) => links.inputs.has(name) && !declared.has(name))
  return [...sockets, ...settings, ...others.map((name) => ({ name, type: ANY_TYPE, link: linkAt(name) }))]
}

function outputsOf(shape: NodeShape | undefined, links: NodeLinks): BuiltNode['outputs'] {
  const known = shape?.outputs ?? []
  const count = Math.max(known.length, ...[...links.outputs.keys()].map((slot) => slot + 1))
  return Array.from({ length: count }, (_, slot) => {
    const { name = `output ${slot}`, type = ANY_TYPE } = known[slot] ?? {}
    return { name, type, links: links.outputs.get(slot) ?? null }
  })
}

function valueOf({ inputs }: GraphNode, param: ParamManifest): JsonValue | undefined {
  return constant(inputs.get(param.name)) ?? widgetDefault(param)
}

/** The values of a node of an unknown type, by name: their order is not known. */
function constantsOf({ inputs }: GraphNode): JsonObject {
  return Object.fromEntries(
    [...inputs].flatMap(([name, input]): [string, JsonValue][] => {
      const value = constant(input)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function constant(input: GraphInput | undefined): JsonValue | undefined {
  return input?.kind === 'value' || input?.kind === 'bad-link' ? input.value : undefined
}

const ROW_PX = 24
const TEXT_PX = 120

function sizeOf(params: readonly ParamManifest[], sockets: number): readonly [number, number] {
  const texts = params.filter((param) => param.kind === 'text' && param.multiline).length
  const width = texts > 0 ? 400 : params.length > 0 ? 315 : 210
  return [width, 10 + ROW_PX * (sockets + params.length - texts) + TEXT_PX * texts]
}
