/** The checks that ask the host or the nodes themselves: lists of files, and validators of node types. */
import { toHostError } from '@dicache/protocol'
import type { Problem } from '@dicache/protocol'
import type { HookContext, HostServices, ValidateContext } from '@dicache/sdk'
import { nodeName } from '../graph.ts'
import type { Graph, GraphNode } from '../graph.ts'
import type { NodeType, Registry } from '../registry.ts'
import type { Validation } from './validate-graph.ts'

/** Asks the host for every list that the graph's choices come from. */
export async function listChoices(
  graph: Graph,
  registry: Registry,
  host: HostServices,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const sources = new Set<string>()
  for (const node of graph.nodes.values()) {
    for (const param of registry.get(node.type)?.manifest.params ?? []) {
      if (param.kind === 'choice' && param.source !== undefined) sources.add(param.source)
    }
  }
  return new Map(
    await Promise.all([...sources].map(async (source) => [source, await listSource(source, host)] as const)),
  )
}

/** The choices of one source. @throws TypeError for a source that no host has. */
export async function listSource(source: string, host: HostServices): Promise<readonly string[]> {
  if (source === 'input') return host.inputs.list()
  if (!source.startsWith('models/'))
    throw new TypeError(`there is no list "${source}"; use "input" or "models/<folder>"`)
  return (await host.models.list(source.slice('models/'.length))).map(({ name }) => name)
}

/** Runs the validators of the nodes that the first checks found nothing wrong with (SPEC V-12). */
export async function runValidators(
  validation: Validation,
  registry: Registry,
  services: Pick<HookContext, 'host' | 'signal'>,
): Promise<readonly Problem[]> {
  const faulty = new Set(
    validation.problems.flatMap(({ nodeId, severity }) => (severity === 'error' ? [nodeId] : [])),
  )
  const found = await Promise.all(
    validation.order.map(async (id): Promise<readonly Problem[]> => {
      const node = validation.graph.nodes.get(id)
      const type = node && registry.get(node.type)
      if (node === undefined || type?.definition.validate === undefined || faulty.has(id)) return []
      const inputTypes = linkTypes(node, validation.graph, registry)
      return runValidator(node, type, { ...services, inputTypes })
    }),
  )
  return found.flat()
}

/** The types that a node's links bring. */
function linkTypes(node: GraphNode, graph: Graph, registry: Registry): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...node.inputs].flatMap(([name, input]) => {
      if (input.kind !== 'link') return []
      const source = registry.get(graph.nodes.get(input.from)?.type ?? '')
      const output = source?.manifest.outputs[input.slot]
      return output === undefined ? [] : [[name, output.type] as const]
    }),
  )
}

async function runValidator(
  node: GraphNode,
  { definition }: NodeType,
  services: Pick<ValidateContext, 'host' | 'signal' | 'inputTypes'>,
): Promise<readonly Problem[]> {
  try {
    const issues = (await definition.validate?.({ ...services, params: constantsOf(node) })) ?? []
    return issues.map(({ input, message }) => problemOf(node, input, message))
  } catch (thrown) {
    services.signal.throwIfAborted()
    return [problemOf(node, undefined, toHostError(thrown).message)]
  }
}

/** A node's constants by name; linked settings are not there, as hooks expect. */
export function constantsOf(node: GraphNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...node.inputs].flatMap(([name, input]) =>
      input.kind === 'value' || input.kind === 'object' ? [[name, input.value] as const] : [],
    ),
  )
}

function problemOf(node: GraphNode, input: string | undefined, message: string): Problem {
  const place = input === undefined ? undefined : node.inputs.get(input)?.path
  return {
    code: 'CUSTOM_VALIDATION_FAILED',
    message: `${nodeName(node)}: ${message}`,
    severity: 'error',
    path: place ?? node.path,
    nodeId: node.id,
    ...(input !== undefined && { input }),
    details: { reason: message },
  }
}
