/** What is worth keeping of a checked workflow before it runs: its texts, seeds, and the versions of its node types. */
import { toApiDocument } from '@dicache/engine'
import { type JsonValue, type RunSeed, stringifyJson } from '@dicache/protocol'
import type { Host } from './create-host.ts'
import type { OpenedWorkflow } from './open-workflow.ts'

export type RunDescription = {
  /** The workflow as it runs, settings written in: JSON text. */
  readonly document: string
  /** The same in the API format, constants converted: JSON text. */
  readonly prompt: string
  /** Outputs that nothing keeps from running. */
  readonly targets: readonly string[]
  readonly seeds: readonly RunSeed[]
  readonly nodeTypes: Readonly<Record<string, number>>
}

/** Describes what will run; undefined for a document that could not be read. */
export function describeRun(
  host: Pick<Host, 'registry'>,
  opened: OpenedWorkflow,
): RunDescription | undefined {
  const { workflow, validation } = opened
  if (workflow === undefined || validation === undefined) return undefined
  const seeds: RunSeed[] = []
  const nodeTypes = new Map<string, number>()
  for (const id of validation.order) {
    const node = validation.graph.nodes.get(id)
    const type = node && host.registry.get(node.type)
    if (node === undefined || type === undefined) continue
    nodeTypes.set(node.type, type.manifest.version)
    for (const param of type.manifest.params) {
      const input = param.kind === 'seed' ? node.inputs.get(param.name) : undefined
      if (input?.kind === 'value')
        seeds.push({ nodeId: id, param: param.name, seed: stringifyJson(input.value) })
    }
  }
  return {
    document: stringifyJson(workflow.document as unknown as JsonValue),
    prompt: stringifyJson(toApiDocument(validation.graph, host.registry) as unknown as JsonValue),
    targets: validation.runnable,
    seeds,
    nodeTypes: Object.fromEntries([...nodeTypes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}
