/** Turns what came from a file or a socket into a typed workflow. */
import { toHostError } from './host-error.ts'
import { isJsonObject } from './json-value.ts'
import { parseJson } from './parse-json.ts'
import type { Parsed } from './problem.ts'
import { ApiDocument, looksLikeUi, UiDocument } from './workflow-document.ts'
import type { Workflow } from './workflow-document.ts'

/** Reads a workflow of either format from a parsed value. Nothing is copied: unknown fields stay. */
export function parseWorkflow(value: unknown): Parsed<Workflow> {
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

/** Reads a workflow from JSON text; `5.0` stays apart from `5`. */
export function parseWorkflowText(text: string): Parsed<Workflow> {
  try {
    return parseWorkflow(parseJson(text, { keepFloats: true }))
  } catch (thrown) {
    const { code, message } = toHostError(thrown)
    return { ok: false, problems: [{ code, message, severity: 'error', path: '' }] }
  }
}

function isNodeLike(value: unknown): boolean {
  return isJsonObject(value) && (Object.hasOwn(value, 'class_type') || Object.hasOwn(value, 'inputs'))
}
