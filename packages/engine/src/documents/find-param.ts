/** Finds the setting that `6.text` or `Title.text` means in a document. */
import { isJsonObject } from '@dicache/protocol'
import type { ErrorCode, ParamManifest, Problem, Workflow } from '@dicache/protocol'
import { nearNames } from '../near-names.ts'
import type { NodeType, Registry } from '../registry.ts'
import { dicacheExtra } from './dicache-extra.ts'
import { shapesOf } from './shapes-of.ts'
import { openScopes } from './scopes.ts'
import type { Scope } from './scopes.ts'

/** A setting of a node of a document. */
export type FoundParam = {
  readonly nodeId: string
  readonly title: string
  readonly type: NodeType
  readonly param: ParamManifest
  /** Where the setting is in the compiled graph: another node where it is an input of a subgraph. */
  readonly target: { readonly nodeId: string; readonly name: string }
  /** Whether a subgraph is involved: such settings are kept by name, and not in a widget. */
  readonly byName: boolean
}

/** What was found, or why nothing was. */
export type Found = FoundParam | Problem

/** Whether a search failed. */
export function isProblem(found: Found): found is Problem {
  return 'code' in found
}

type Named = {
  readonly id: string
  readonly type: string
  readonly title: string | undefined
  /** Where the node is, in documents of the editor. */
  readonly scope?: Scope
}

/** The inputs that the document gives names to: name → `node.param`. Only UI documents can. */
export function namedInputs(workflow: Workflow): ReadonlyMap<string, string> {
  return workflow.format === 'ui' ? dicacheExtra(workflow.document).inputs : new Map()
}

/** Finds a setting. A node is meant by its id, else by its title, else by its type where only one node has it. */
export function findParam(reference: string, workflow: Workflow, registry: Registry): Found {
  const dot = reference.lastIndexOf('.')
  const [nodeName, paramName] = [reference.slice(0, Math.max(0, dot)), reference.slice(dot + 1)]
  const nodes = nodesOf(workflow, registry)
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
  const found = settingOf(node, paramName, registry)
  if (found !== undefined) return found
  const names = namesOf(node, registry)
  if (names === undefined) {
    return problem(
      'UNKNOWN_NODE_TYPE',
      `Node ${node.id} is of the type "${node.type}", which is not installed: its settings are not known.`,
    )
  }
  const list = names.length === 0 ? 'It has no settings.' : `It has ${quoted(names)}.`
  return problem(
    'UNKNOWN_SETTING',
    `"${node.title ?? node.type}" (node ${node.id}) has no setting "${paramName}". ${list}`,
  )
}

function insideOf({ id, scope }: Named): Scope | undefined {
  return scope?.inside.get(id.slice(scope.prefix.length))
}

function namesOf(node: Named, registry: Registry): readonly string[] | undefined {
  const type = registry.get(node.type)
  if (type !== undefined) return [...type.params.keys()]
  const inside = insideOf(node)
  return inside?.outside?.subgraph.inputs.filter((name) => settingOf(node, name, registry) !== undefined)
}

function settingOf(node: Named, name: string, registry: Registry): FoundParam | undefined {
  const inside = insideOf(node)
  if (inside !== undefined) return promotedSetting(node, inside, name, registry)
  const type = registry.get(node.type)
  const param = type?.params.get(name)
  if (type === undefined || param === undefined) return undefined
  return {
    nodeId: node.id,
    title: node.title ?? type.manifest.title,
    type,
    param,
    target: { nodeId: node.id, name },
    byName: (node.scope?.prefix ?? '') !== '',
  }
}

/** An input of a subgraph is the setting of the inner node that it is linked to. */
function promotedSetting(
  node: Named,
  inside: Scope,
  name: string,
  registry: Registry,
): FoundParam | undefined {
  const slot = inside.outside?.subgraph.inputs.indexOf(name) ?? -1
  if (slot < 0) return undefined
  for (const { from, fromSlot, to, toSlot } of inside.level.links.values()) {
    if (from !== '-10' || fromSlot !== slot) continue
    const target = inside.level.nodes.get(to)?.node
    const input = target?.inputs?.[toSlot]
    if (target === undefined || input === undefined) continue
    const inner = { id: inside.prefix + to, type: target.type, title: undefined, scope: inside }
    const found = settingOf(inner, input.widget?.name ?? input.name, registry)
    if (found === undefined) continue
    const title = node.title ?? found.title
    return { ...found, nodeId: node.id, title, param: { ...found.param, name }, byName: true }
  }
  return undefined
}

function matchesOf(name: string, nodes: readonly Named[], registry: Registry): readonly Named[] {
  const byId = nodes.filter(({ id }) => id === name)
  if (byId.length > 0) return byId.slice(0, 1)
  const isOuter = ({ scope }: Named): boolean => scope === undefined || scope.prefix === ''
  const byTitle = nodes.filter(({ title }) => title === name)
  const byType = nodes.filter(({ type }) => type === name || registry.get(type)?.manifest.title === name)
  const candidates = [byTitle.filter(isOuter), byTitle, byType.filter(isOuter), byType]
  return candidates.find((list) => list.length > 0) ?? []
}

/** All nodes, those of the document itself before those inside of subgraphs. */
function nodesOf(workflow: Workflow, registry: Registry): readonly Named[] {
  if (workflow.format === 'api') {
    return Object.entries(workflow.document).map(([id, node]) => ({
      id,
      type: node.class_type,
      title: isJsonObject(node._meta) ? node._meta.title : undefined,
    }))
  }
  return openScopes(workflow.document, shapesOf(registry)).scopes.flatMap((scope) =>
    [...scope.level.nodes].map(([id, { node }]) => ({
      id: scope.prefix + id,
      type: node.type,
      title: node.title ?? undefined,
      scope,
    })),
  )
}

function problem(code: ErrorCode, message: string): Problem {
  return { code, message, severity: 'error' }
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `"${name}"`)
  return shown.join(', ') + (names.length > shown.length ? ', …' : '')
}
