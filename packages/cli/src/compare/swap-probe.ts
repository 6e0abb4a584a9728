/** Puts another policy in the place of a workflow's own: a node that makes a PROBE for a node that makes one. */
import type { Host } from '@dicache/host'
import { HostError, type JsonValue } from '@dicache/protocol'
import { type Graph, makesProbe } from './find-nodes.ts'
import type { ProbeChoice } from './plan-variants.ts'

/**
 * A copy of the graph in which every node that makes a PROBE is of another type, with its defaults and the given settings.
 * @throws HostError for a type that makes no PROBE, or a setting that it does not have
 */
export function swapProbe(host: Host, graph: Graph, choice: ProbeChoice): Graph {
  const params = host.registry.get(choice.type)?.manifest.params
  if (params === undefined || !makesProbe(host, choice.type)) {
    const known = [...graph.nodes.values()].find(({ type }) => makesProbe(host, type))
    throw new HostError(
      'BAD_REQUEST',
      `there is no node "${choice.type}" that makes a PROBE, such as ${known?.type ?? 'ProbeConfig'}`,
    )
  }
  const given = new Map(choice.settings)
  for (const name of given.keys())
    if (!params.some((param) => param.name === name))
      throw new HostError(
        'UNKNOWN_SETTING',
        `${choice.type} has no setting "${name}"; it has ${params.map((param) => param.name).join(', ')}`,
      )
  const values = params.flatMap((param): [string, JsonValue][] => {
    const text = given.get(param.name)
    if (text !== undefined) return [[param.name, valueOf(param.kind, text)]]
    const value = param.default ?? (param.kind === 'choice' ? param.options?.[0] : undefined)
    return value === undefined ? [] : [[param.name, value]]
  })
  const nodes = new Map(graph.nodes)
  for (const [id, node] of graph.nodes) {
    if (!makesProbe(host, node.type)) continue
    const inputs = new Map(
      values.map(([name, value]) => [name, { kind: 'value', value, path: node.path } as const]),
    )
    nodes.set(id, { ...node, type: choice.type, inputs })
  }
  return { ...graph, nodes }
}

/** The value that a text stands for; what is no such value stays text, and validation says so. */
function valueOf(kind: string, text: string): JsonValue {
  const number = Number(text)
  if ((kind === 'int' || kind === 'float') && text !== '' && Number.isFinite(number)) return number
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
