/** Compiles a document of either format into a graph. The browser, the terminal and the API all come through here. */
import type { Problem, Workflow } from '@dicache/protocol'
import type { Graph } from '../graph.ts'
import type { Registry } from '../registry.ts'
import { compileApi } from './compile-api.ts'
import { compileUi } from './compile-ui.ts'
import { shapesOf } from './shapes-of.ts'

/** A graph, and what was wrong with the document it came from. */
export type Compiled = { readonly graph: Graph; readonly problems: readonly Problem[] }

/**
 * Compiles a workflow. Nothing is thrown: what cannot be understood is left out and reported.
 * @example const parsed = parseWorkflowText(text); if (parsed.ok) compileDocument(parsed.value, registry)
 */
export function compileDocument(workflow: Workflow, registry: Registry): Compiled {
  const shapes = shapesOf(registry)
  if (workflow.format === 'api') return { graph: compileApi(workflow.document, shapes), problems: [] }
  const { graph, problems } = compileUi(workflow.document, shapes)
  return { graph, problems }
}
