/** From the text of a workflow and settings to a graph that is checked and can be run. */
import {
  applySettings,
  compileDocument,
  type Graph,
  listInputs,
  type NamedInput,
  stampDocument,
  type Validation,
} from '@dicache/engine'
import {
  HostError,
  type JsonValue,
  type Parsed,
  parseWorkflow,
  parseWorkflowText,
  type Problem,
  stringifyJson,
  type Workflow,
} from '@dicache/protocol'
import type { Host } from './create-host.ts'
import { changedModels } from './model-hashes/changed-models.ts'

/** A workflow that was read: everything that is wrong with it, and what can be run of it. */
export type OpenedWorkflow = {
  readonly workflow: Workflow | undefined
  readonly graph: Graph | undefined
  readonly problems: readonly Problem[]
  readonly validation: Validation | undefined
}

export type OpenWorkflowOptions = {
  /** `name=value`, `node.param=value` or `Title.param=value` */
  readonly settings?: readonly string[]
  /** The nodes to run. @defaultValue every output node */
  readonly targets?: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Reads, changes, compiles and validates a workflow; throws nothing that is wrong with the document.
 * @param source JSON text, or a value that `parseJson` read with `keepFloats`
 */
export async function openWorkflow(
  host: Pick<Host, 'registry' | 'engine'> & Partial<Pick<Host, 'models' | 'hashes'>>,
  source: string | JsonValue,
  options: OpenWorkflowOptions = {},
): Promise<OpenedWorkflow> {
  const parsed: Parsed<Workflow> =
    typeof source === 'string' ? parseWorkflowText(source) : parseWorkflow(source)
  if (!parsed.ok)
    return { workflow: undefined, graph: undefined, problems: parsed.problems, validation: undefined }
  const applied = applySettings(parsed.value, options.settings ?? [], host.registry)
  const compiled = compileDocument(applied.workflow, host.registry)
  const { signal, targets } = options
  const validation = await host.engine.validate(compiled.graph, {
    ...(signal !== undefined && { signal }),
    ...(targets !== undefined && { targets }),
  })
  // What the run stores with its results knows how it was meant: names, versions, seeds.
  const document =
    applied.workflow.format === 'ui'
      ? (stampDocument(applied.workflow.document, host.registry, {
          graph: validation.graph,
        }) as unknown as JsonValue)
      : undefined
  const { models, hashes } = host
  const changed = models && hashes ? await changedModels(parsed.value, { models, hashes }) : []
  return {
    workflow: applied.workflow,
    graph: { ...compiled.graph, document },
    problems: [...applied.problems, ...compiled.problems, ...validation.problems, ...changed],
    validation: { ...validation, graph: { ...validation.graph, document } },
  }
}

/** The named inputs of a workflow: name, type, present value, default. */
export function workflowInputs(
  host: Host,
  workflow: Workflow,
): { readonly inputs: readonly NamedInput[]; readonly problems: readonly Problem[] } {
  return listInputs(workflow, host.registry)
}

/** Whether any problem keeps the workflow from running as asked. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

/** One error for a workflow that cannot run: the first problem, and how many more there are. */
export function refusal(problems: readonly Problem[]): HostError {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined)
    return new HostError('NO_OUTPUTS', 'the workflow has no node that gives a result, such as SaveImage')
  const more =
    errors.length > 1 ? ` (and ${errors.length - 1} more problem${errors.length > 2 ? 's' : ''})` : ''
  return new HostError(first.code, first.message + more, {
    ...(first.path === undefined ? {} : { path: first.path }),
    ...(first.nodeId === undefined ? {} : { nodeId: first.nodeId }),
  })
}

/** The text of a workflow with settings written into it. @throws HostError with the first problem */
export function settingsIn(host: Host, text: string, settings: readonly string[]): string {
  const parsed = parseWorkflowText(text)
  if (!parsed.ok) throw refusal(parsed.problems)
  const { workflow, problems } = applySettings(parsed.value, settings, host.registry)
  if (hasErrors(problems)) throw refusal(problems)
  return `${stringifyJson(workflow.document, 2)}\n`
}
