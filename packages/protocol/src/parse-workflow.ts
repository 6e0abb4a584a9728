/** Turns what came from a file or a socket into a typed workflow. */
import { toHostError } from './host-error.ts'
import { isJsonObject, ownProperty } from './json-value.ts'
import type { JsonObject, JsonValue } from './json-value.ts'
import { parseJson } from './parse-json.ts'
import type { Parsed } from './problem.ts'
import { ApiDocument, looksLikeUi, UiDocument } from './workflow-document.ts'
import type { Workflow } from './workflow-document.ts'

/**
 * Reads a workflow of either format from a parsed value, or from a wrapping of it: `{ workflow, prompt }`,
 * `{ workflow, output }`, and what is sent to run a prompt. Nothing is copied: unknown fields stay.
 */
export function parseWorkflow(given: unknown): Parsed<Workflow> {
  const value = unwrapWorkflow(given)
  if (looksLikeUi(value)) {
    const parsed = UiDocument.parse(value)
    return parsed.ok ? { ok: true, value: { format: 'ui', document: parsed.value } } : parsed
  }
  if (!isJsonObject(value) || (!Object.values(value).some(isNodeLike) && Object.keys(value).length > 0)) {
    return {
      ok: false,
      problems: [
        {
          code: 'NOT_A_WORKFLOW',
          message:
            'This is no workflow: it has neither a list "nodes" (a saved workflow) nor nodes with a "class_type" (an API prompt). Save it again from the editor.',
          severity: 'error',
          path: '',
        },
      ],
    }
  }
  const parsed = ApiDocument.parse(value)
  return parsed.ok ? { ok: true, value: { format: 'api', document: parsed.value } } : parsed
}

/** Reads a workflow from JSON text; `5.0` stays apart from `5`. A byte order mark before it is no part of it. */
export function parseWorkflowText(text: string): Parsed<Workflow> {
  try {
    return parseWorkflow(parseJson(text.replace(/^\uFEFF/, ''), { keepFloats: true }))
  } catch (thrown) {
    const { code, message } = toHostError(thrown)
    return { ok: false, problems: [{ code, message, severity: 'error', path: '' }] }
  }
}

/** What is inside of a wrapping, the editor's document before the prompt; the value itself where it is no wrapping. */
function unwrapWorkflow(value: unknown): unknown {
  if (!isJsonObject(value) || looksLikeUi(value) || Object.values(value).some(isNodeLike)) return value
  const extra = objectAt(objectAt(value, 'extra_data'), 'extra_pnginfo')
  const documents = [ownProperty(value, 'workflow'), extra && ownProperty(extra, 'workflow')].map(asJson)
  const prompts = [ownProperty(value, 'prompt'), ownProperty(value, 'output')].map(asJson)
  return documents.find(looksLikeUi) ?? prompts.find(looksLikeApi) ?? value
}

function objectAt(value: JsonValue | undefined, key: string): JsonObject | undefined {
  const inner = isJsonObject(value) ? ownProperty(value, key) : undefined
  return isJsonObject(inner) ? inner : undefined
}

/** Wrappings of metadata hold the inner document as a text. */
function asJson(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return value
  try {
    return parseJson(value, { keepFloats: true })
  } catch {
    return undefined // a text that is no document
  }
}

function looksLikeApi(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).some(isNodeLike)
}

function isNodeLike(value: unknown): boolean {
  return isJsonObject(value) && (Object.hasOwn(value, 'class_type') || Object.hasOwn(value, 'inputs'))
}
