/** The problems of a document as ComfyUI's client expects them: `error` and `node_errors`, with its texts. */
import type { OpenedWorkflow } from '@dicache/host'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type NodeManifest,
  type Problem,
} from '@dicache/protocol'
import type { ChoicesOf } from '../object-info.ts'
import { pythonStr } from '../python-text.ts'
import { dependentOutputs } from './dependent-outputs.ts'
import { nodeError } from './node-error.ts'

/** What the view needs to know besides the problems. */
export type ViewContext = {
  readonly manifestOf: (type: string) => NodeManifest | undefined
  readonly choicesOf: ChoicesOf
}

/** The body of a 400. */
export type PromptRefusal = { readonly error: JsonObject; readonly node_errors: JsonObject }

/** The error of a request without a prompt. */
export const NO_PROMPT: PromptRefusal = refusal('no_prompt', 'No prompt provided', 'No prompt provided')

/** A refusal that names one error and no nodes. */
export function refusal(
  type: string,
  message: string,
  details: string = '',
  extra: JsonObject = {},
): PromptRefusal {
  return { error: { type, message, details, extra_info: extra }, node_errors: {} }
}

/**
 * What keeps the whole prompt from running, whatever else is fine with it; undefined when nothing does.
 * An unknown class anywhere in an API prompt is such a thing, as in ComfyUI; a UI document runs without it.
 */
export function wholeRefusal({ problems, workflow, graph }: OpenedWorkflow): PromptRefusal | undefined {
  const nameless = problems.find(({ code }) => code === 'NODE_WITHOUT_TYPE')
  if (nameless !== undefined) {
    return refusal(
      'invalid_prompt',
      'Cannot execute because a node is missing the class_type property.',
      `Node ID '#${nodeOf(nameless)}'`,
    )
  }
  const unknown = problems.find(({ code }) => code === 'UNKNOWN_NODE_TYPE')
  if (unknown !== undefined && workflow?.format === 'api') {
    const node = graph?.nodes.get(unknown.nodeId ?? '')
    const type = node?.type ?? ''
    return refusal(
      'invalid_prompt',
      `Cannot execute because node ${type} does not exist.`,
      `Node ID '#${unknown.nodeId ?? ''}'`,
      { node_id: unknown.nodeId ?? '', class_type: type, node_title: node?.title ?? type },
    )
  }
  const [first] = problems.filter(({ severity }) => severity === 'error')
  if (graph === undefined) return refusal('invalid_prompt', first?.message ?? 'This is no workflow.')
  const none = problems.some(({ code }) => code === 'NO_OUTPUTS' || code === 'UNKNOWN_TARGET')
  return none ? refusal('prompt_no_outputs', 'Prompt has no outputs') : undefined
}

/** The faults of nodes, by node. Nodes that only depend on a faulty one are not there. */
export function nodeErrors(opened: OpenedWorkflow, context: ViewContext): JsonObject {
  const { graph } = opened
  if (graph === undefined) return {}
  const byNode = new Map<string, JsonValue[]>()
  for (const problem of opened.problems) {
    const { nodeId, severity } = problem
    const node = nodeId === undefined ? undefined : graph.nodes.get(nodeId)
    if (severity !== 'error' || node === undefined) continue
    const manifest = context.manifestOf(node.type)
    const error = nodeError(problem, {
      node,
      manifest,
      choicesOf: context.choicesOf,
      typeOf: (id) => graph.nodes.get(id)?.type ?? '?',
    })
    const errors = byNode.get(node.id) ?? []
    errors.push(error)
    byNode.set(node.id, errors)
  }
  const outputs = dependentOutputs(graph, byNode.keys(), (type) => context.manifestOf(type)?.output === true)
  return Object.fromEntries(
    [...byNode].map(([id, errors]): [string, JsonValue] => [
      id,
      { errors, dependent_outputs: outputs.get(id) ?? [], class_type: graph.nodes.get(id)?.type ?? '' },
    ]),
  )
}

/** The refusal of a prompt none of whose outputs can run. */
export function outputsRefusal(
  opened: OpenedWorkflow,
  errors: JsonObject,
  context: ViewContext,
): PromptRefusal {
  const details = Object.entries(errors).flatMap(([id, entry]) => {
    const type = opened.graph?.nodes.get(id)?.type ?? ''
    return context.manifestOf(type)?.output === true ? errorLines(entry) : []
  })
  const view = refusal(
    'prompt_outputs_failed_validation',
    'Prompt outputs failed validation',
    details.join('\n'),
  )
  return { ...view, node_errors: errors }
}

function errorLines(entry: JsonValue): readonly string[] {
  const errors = isJsonObject(entry) ? entry['errors'] : undefined
  return (Array.isArray(errors) ? (errors as readonly JsonValue[]) : []).flatMap((error) =>
    isJsonObject(error) ? [`${pythonStr(error['message'])}: ${pythonStr(error['details'])}`] : [],
  )
}

/** The node that a problem's JSON pointer leads to. */
function nodeOf({ nodeId, path }: Problem): string {
  return nodeId ?? (path ?? '').split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~') ?? ''
}
