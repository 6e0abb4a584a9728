/** The nodes of a workflow that a comparison needs: where the picture comes from, what caches, what samples. */
import { type Host, type OpenedWorkflow, openWorkflow, refusal } from '@dicache/host'
import { HostError } from '@dicache/protocol'

export type CompareNodes = {
  /** Where the picture comes from: a node and the place of its output. */
  readonly picture: { readonly nodeId: string; readonly slot: number }
  /** The nodes that switch a step cache, with `enabled` and `threshold`. */
  readonly caches: readonly string[]
  /** The nodes that make a PROBE: another policy can take their place. */
  readonly probes: readonly string[]
  /** The nodes with a number of `steps`. */
  readonly samplers: readonly string[]
}

/** A workflow that was read. */
export type Graph = NonNullable<OpenedWorkflow['graph']>

/** Looks the nodes up. @throws HostError for a workflow that cannot be read, or that shows no picture. */
export async function findCompareNodes(
  host: Host,
  text: string,
  settings: readonly string[],
): Promise<CompareNodes> {
  const { graph, problems } = await openWorkflow(host, text, { settings })
  if (graph === undefined) throw refusal(problems)
  const having = (param: string): readonly string[] =>
    [...graph.nodes.values()].filter(({ type }) => paramNames(host, type).includes(param)).map(({ id }) => id)
  const switched = having('enabled')
  return {
    picture: pictureSource(host, graph),
    caches: having('threshold').filter((id) => switched.includes(id)),
    probes: [...graph.nodes.values()].filter(({ type }) => makesProbe(host, type)).map(({ id }) => id),
    samplers: having('steps'),
  }
}

/** Whether a PROBE is all that a node makes, and needs no links for it. */
export function makesProbe(host: Host, type: string): boolean {
  const manifest = host.registry.get(type)?.manifest
  return (
    manifest?.outputs.length === 1 && manifest.outputs[0]?.type === 'PROBE' && manifest.inputs.length === 0
  )
}

function paramNames(host: Host, type: string): readonly string[] {
  return host.registry.get(type)?.manifest.params.map(({ name }) => name) ?? []
}

/** What the first output node shows: the picture that its IMAGE input is linked to. */
function pictureSource(host: Host, graph: Graph): CompareNodes['picture'] {
  for (const node of graph.nodes.values()) {
    const manifest = host.registry.get(node.type)?.manifest
    if (manifest?.output !== true) continue
    for (const { name, type } of manifest.inputs) {
      const input = node.inputs.get(name)
      if (type === 'IMAGE' && input?.kind === 'link') return { nodeId: input.from, slot: input.slot }
    }
  }
  throw new HostError(
    'NO_OUTPUTS',
    'the workflow shows no picture that could be compared: connect a picture to a SaveImage or PreviewImage node',
  )
}
