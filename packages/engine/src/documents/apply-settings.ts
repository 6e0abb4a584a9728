/** Changes settings of a document from texts such as `prompt=a fox` or `6.steps=20` (SPEC D-11 … D-13). */
import { isJsonArray } from '@dicache/protocol'
import type { ApiDocument, ErrorCode, JsonValue, Problem, UiDocument, Workflow } from '@dicache/protocol'
import type { Registry } from '../registry.ts'
import { findParam, isProblem, namedInputs } from './find-param.ts'
import type { FoundParam } from './find-param.ts'
import { parseSetting } from './parse-setting.ts'
import { keepNamesInStep, nameSetting } from './set-ui-extra.ts'
import { setUiWidget } from './set-ui-widget.ts'
import { compileDocument } from './compile-document.ts'
import { cutUiLink } from './cut-ui-link.ts'
import { migrateDocument } from './migrate-document.ts'
import { shapesOf } from './shapes-of.ts'

/** The changed document (a copy: the given one stays as it is), and what could not be applied. */
export type Applied = { readonly workflow: Workflow; readonly problems: readonly Problem[] }

/**
 * Applies settings, the last one of a name winning. A setting replaces the link to it, if there is one.
 * @example applySettings(workflow, ['prompt=a fox', '3.seed=18446744073709551615', 'Size.width=512'], registry)
 */
export function applySettings(workflow: Workflow, settings: readonly string[], registry: Registry): Applied {
  // Settings are named as the installed versions of nodes name them.
  const { workflow: present, problems: outdated } = toPresent(workflow, registry)
  const problems: Problem[] = [...outdated]
  let changed = present
  for (const setting of settings) {
    const change = readSetting(setting, changed, registry)
    if ('code' in change) {
      problems.push(change)
      continue
    }
    const next = setParam(changed, change.found, change.value)
    if (change.found.byName && !holdsValue(next, change.found, registry))
      problems.push(fedInside(setting, change.found))
    else changed = next
  }
  return { workflow: changed, problems }
}

function toPresent(workflow: Workflow, registry: Registry): Applied {
  if (workflow.format === 'api') return { workflow, problems: [] }
  const { document, problems } = migrateDocument(workflow.document, shapesOf(registry))
  if (document === workflow.document) return { workflow, problems: [] }
  // What a document of the present versions still shows is told when it is compiled.
  const failed = problems.filter(({ code }) => code === 'BAD_WIDGET_VALUES')
  return { workflow: { format: 'ui', document }, problems: failed }
}

/** Whether a setting in a subgraph took effect: a link inside of it cannot be cut for one of its instances. */
function holdsValue(workflow: Workflow, { target }: FoundParam, registry: Registry): boolean {
  const { nodes } = compileDocument(workflow, registry).graph
  const input = nodes.get(target.nodeId)?.inputs.get(target.name)
  return input === undefined || input.kind === 'value'
}

function fedInside(setting: string, { nodeId, title, param }: FoundParam): Problem {
  return {
    code: 'BAD_SETTING',
    message: `The setting "${param.name}" of "${title}" (node ${nodeId}) is fed by a link inside of a subgraph. Set what the link comes from.`,
    severity: 'error',
    nodeId,
    input: param.name,
    details: { setting },
  }
}

type Change = { readonly found: FoundParam; readonly value: JsonValue }

function readSetting(setting: string, workflow: Workflow, registry: Registry): Change | Problem {
  const problem = (code: ErrorCode, message: string): Problem => ({
    code,
    message,
    severity: 'error',
    details: { setting },
  })
  const equals = setting.indexOf('=')
  if (equals < 1)
    return problem('BAD_SETTING', `"${setting}" is no setting. Write name=value, such as 6.text=a fox.`)
  const name = setting.slice(0, equals).trim()
  const found = findParam(namedInputs(workflow).get(name) ?? name, workflow, registry)
  if (isProblem(found)) return { ...found, details: { setting } }
  const parsed = parseSetting(found.param, setting.slice(equals + 1))
  if (parsed.ok) return { found, value: parsed.value }
  const given = setting.slice(equals + 1)
  return problem('BAD_SETTING', `The setting "${name}" must be ${parsed.expected}, but is "${given}".`)
}

/** Sets one parameter of a copy of the document. */
export function setParam(
  workflow: Workflow,
  { nodeId, type, param, byName }: FoundParam,
  value: JsonValue,
): Workflow {
  if (workflow.format === 'api') {
    return { format: 'api', document: setInApi(workflow.document, [nodeId, param.name], value) }
  }
  const { document } = workflow
  const key = [nodeId, param.name] as const
  if (byName) return { format: 'ui', document: nameSetting(cutUiLink(document, ...key), key, value) }
  const cut = cutUiLink(document, ...key)
  const index = cut.nodes.findIndex(({ id }) => String(id) === nodeId)
  const nodes = cut.nodes.map((node, at) =>
    at === index ? setUiWidget(node, type.manifest.params, [param, value]) : node,
  )
  const widgets = { before: cut.nodes[index]?.widgets_values, after: nodes[index]?.widgets_values }
  const changed = keepNamesInStep({ ...cut, nodes } satisfies UiDocument, key, { value, widgets })
  return { format: 'ui', document: param.socketOnly ? nameSetting(changed, key, value) : changed }
}

function setInApi(
  document: ApiDocument,
  [nodeId, name]: readonly [string, string],
  value: JsonValue,
): ApiDocument {
  const written = isJsonArray(value) ? { __value__: value } : value
  return Object.fromEntries(
    Object.entries(document).map(([id, node]) =>
      id === nodeId ? [id, { ...node, inputs: { ...node.inputs, [name]: written } }] : [id, node],
    ),
  )
}
