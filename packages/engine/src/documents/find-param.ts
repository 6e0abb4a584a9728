/** Finds the setting that `6.text` or `Title.text` means in a document. */
import { isJsonObject } from '@dicache/protocol'
import type { ErrorCode, ParamManifest, Problem, Workflow } from '@dicache/protocol'
import { nearNames } from '../near-names.ts'
import type { NodeType, Registry } from '../registry.ts'
import { dicacheExtra } from './dicache-extra.ts'

/** A setting of a node of a document. */
export type FoundParam = {
  readonly nodeId: string
  readonly title: string
  readonly type: NodeType
  readonly param: ParamManifest
}

/** What was found, or why nothing was. */
export type Found = FoundParam | Problem

/** Whether a search failed. */
export function isProblem(found: Found): found is Problem {
  return 'code' in found
}

type Named = { readonly id: string; readonly type: string; readonly title: string | undefined }

/** The inputs that the document gives names to: name → `node.param`. Only UI documents can. */
export function namedInputs(workflow: Workflow): ReadonlyMap<string, string> {
  return workflow.format === 'ui' ? dicacheExtra(workflow.document).inputs : new Map()
}

/** Finds a setting. A node is meant by its id, else by its title, else by its type where only one node has it. */
export function findParam(reference: string, workflow: Workflow, registry: Registry): Found {
  const dot = reference.lastIndexOf('.')
  const [nodeName, paramName] = [reference.slice(0, Math.max(0, dot)), reference.slice(dot + 1)]
  const nodes = nodesOf(workflow)
  const named = namedInputs(workflow)
  if (dot < 1) {
    const known =
      named.size === 0
        ? 'This workflow names no inputs.'
        : `It names the inputs ${quoted([...named.keys()])}.`
    return problem(
      'UNKNOWN_SETTING',
      `There is no input "${reference}". ${known} A setting of a node is written node.setting, such as 6.text.`,
    )
  }
  const matches = matchesOf(nodeName, nodes, registry)
  const [node] = matches
  if (node === undefined) {
    const near = nearNames(
      nodeName,
      nodes.flatMap(({ id, title }) => (title === undefined ? [id] : [id, title])),
    )
    return problem(
      'UNKNOWN_SETTING',
      `There is no node "${nodeName}".${near.length > 0 ? ` Did you mean ${quoted(near)}?` : ''} Use its id or its title.`,
    )
  }
  if (matches.length > 1) {
    const ids = matches.map(({ id }) => id)
    return problem(
      'AMBIGUOUS_SETTING',
      `"${nodeName}" could be the nodes ${ids.slice(0, 10).join(', ')}. Use the id: ${ids[0]}.${paramName}.`,
    )
  }
  const type = registry.get(node.type)
  if (type === undefined) {
    return problem(
      'UNKNOWN_NODE_TYPE',
      `Node ${node.id} is of the type "${node.type}", which is not installed: its settings are not known.`,
    )
  }
  const param = type.params.get(paramName)
  if (param !== undefined) return { nodeId: node.id, title: node.title ?? type.manifest.title, type, param }
  const names = [...type.params.keys()]
  const list = names.length === 0 ? 'It has no settings.' : `It has ${quoted(names)}.`
  return problem(
    'UNKNOWN_SETTING',
    `"${node.title ?? node.type}" (node ${node.id}) has no setting "${paramName}". ${list}`,
  )
}

function matchesOf(name: string, nodes: readonly Named[], registry: Registry): readonly Named[] {
  const byId = nodes.filter(({ id }) => id === name)
  if (byId.length > 0) return byId.slice(0, 1)
  const byTitle = nodes.filter(({ title }) => title === name)
  if (byTitle.length > 0) return byTitle
  return nodes.filter(({ type }) => type === name || registry.get(type)?.manifest.title === name)
}

function nodesOf(workflow: Workflow): readonly Named[] {
  return workflow.format === 'ui'
    ? workflow.document.nodes.map(({ id, type, title }) => ({
        id: String(id),
        type,
        title: title ?? undefined,
      }))
    : Object.entries(workflow.document).map(([id, node]) => ({
        id,
        type: node.class_type,
        title: isJsonObject(node._meta) ? node._meta.title : undefined,
      }))
}

function problem(code: ErrorCode, message: string): Problem {
  return { code, message, severity: 'error' }
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `"${name}"`)
  return shown.join(', ') + (names.length > shown.length ? ', …' : '')
}
