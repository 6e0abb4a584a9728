/** Lists the inputs that a document gives names to (`extra.dicache.inputs`), as a terminal or a form shows them. */
import { paramType } from '@dicache/protocol'
import type { JsonValue, ParamManifest, Problem, Workflow } from '@dicache/protocol'
import type { Registry } from '../registry.ts'
import { compileDocument } from './compile-document.ts'
import { findParam, isProblem, namedInputs } from './find-param.ts'
import { declaredDefault } from './param-default.ts'

/** A named input of a document. */
export type NamedInput = {
  readonly name: string
  readonly nodeId: string
  readonly nodeTitle: string
  readonly param: ParamManifest
  /** `INT`, `FLOAT`, `STRING`, `BOOLEAN`, `COMBO`. */
  readonly type: string
  /** What the document holds; undefined where the setting is linked. */
  readonly value: JsonValue | undefined
  /** What the node declares. */
  readonly default: JsonValue | undefined
}

/** Lists the named inputs, and those names that lead nowhere. */
export function listInputs(
  workflow: Workflow,
  registry: Registry,
): { readonly inputs: readonly NamedInput[]; readonly problems: readonly Problem[] } {
  const inputs: NamedInput[] = []
  const problems: Problem[] = []
  const named = namedInputs(workflow)
  const nodes = named.size === 0 ? undefined : compileDocument(workflow, registry).graph.nodes
  for (const [name, reference] of named) {
    const found = findParam(reference, workflow, registry)
    if (isProblem(found)) {
      const message = `The named input "${name}" leads to "${reference}", which cannot be found. ${found.message}`
      problems.push({ code: 'BAD_NAMED_INPUT', message, severity: 'warning', path: '/extra/dicache/inputs' })
      continue
    }
    const { nodeId, title, param, target } = found
    const held = nodes?.get(target.nodeId)?.inputs.get(target.name)
    inputs.push({
      name,
      nodeId,
      nodeTitle: title,
      param,
      type: paramType(param),
      value: held?.kind === 'value' ? held.value : undefined,
      default: declaredDefault(param),
    })
  }
  return { inputs, problems }
}
