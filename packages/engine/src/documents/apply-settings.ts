/** Changes settings of a document from texts such as `prompt=a fox` or `6.steps=20` (SPEC D-11 … D-13). */
import { isJsonArray } from '@dicache/protocol'
import type {
  ApiDocument,
  ErrorCode,
  JsonValue,
  Problem,
  UiDocument,
  UiNode,
  Workflow,
} from '@dicache/protocol'
import type { Registry } from '../registry.ts'
import { findParam, isProblem, namedInputs } from './find-param.ts'
import type { FoundParam } from './find-param.ts'
import { parseSetting } from './parse-setting.ts'
import { setUiExtra } from './set-ui-extra.ts'
import { setUiWidget } from './set-ui-widget.ts'
import { cutUiLink } from './cut-ui-link.ts'

/** The changed document (a copy: the given one stays as it is), and what could not be applied. */
export type Applied = { readonly workflow: Workflow; readonly problems: readonly Problem[] }

/**
 * Applies settings, the last one of a name winning. A setting replaces the link to it, if there is one.
 * @example applySettings(workflow, ['prompt=a fox', '3.seed=18446744073709551615', 'Size.width=512'], registry)
 */
export function applySettings(workflow: Workflow, settings: readonly string[], registry: Registry): Applied {
  const problems: Problem[] = []
  let changed = workflow
  for (const setting of settings) {
    const change = readSetting(setting, workflow, registry)
    if ('code' in change) problems.push(change)
    else changed = setParam(changed, change.found, change.value)
  }
  return { workflow: changed, problems }
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
  { nodeId, type, param }: FoundParam,
  value: JsonValue,
): Workflow {
  if (workflow.format === 'api') {
    return { format: 'api', document: setInApi(workflow.document, [nodeId, param.name], value) }
  }
  const change = (node: UiNode): UiNode => setUiWidget(node, type.manifest.params, [param, value])
  const document = cutUiLink(workflow.document, nodeId, param.name)
  const index = document.nodes.findIndex(({ id }) => String(id) === nodeId)
  const nodes = document.nodes.map((node, at) => (at === index ? change(node) : node))
  const key = [nodeId, param.name] as const
  return {
    format: 'ui',
    document: setUiExtra({ ...document, nodes } satisfies UiDocument, key, [
      value,
      param.socketOnly === true,
    ]),
  }
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
