/** Converts a workflow to ComfyUI's API format: what its editor does before it sends a prompt (SPEC D-18). */
import type { ApiDocument, Problem, Workflow } from '@dicache/protocol'
import type { Registry } from '../registry.ts'
import { compileUi } from './compile-ui.ts'
import { shapesOf } from './shapes-of.ts'
import type { NodeShapes } from './node-shape.ts'
import { writeApi } from './to-api-document.ts'
import { unnamedValues } from './ui-problems.ts'

/** A document, and what was wrong with the one that it was made from. */
export type ConvertedToApi = { readonly document: ApiDocument; readonly problems: readonly Problem[] }

/**
 * Converts a workflow to the API format; one that is in it already stays as it is. Nothing is thrown: what cannot be
 * converted is left out and reported. Node types that are not installed are taken from `definitions`, then from the
 * bundled table of ComfyUI's own nodes, then from what the document says of them.
 * @example
 * const parsed = parseWorkflowText(text)
 * if (parsed.ok) prompt = convertToApi(parsed.value, registry).document
 */
export function convertToApi(
  workflow: Workflow,
  registry: Registry,
  definitions?: NodeShapes,
): ConvertedToApi {
  if (workflow.format === 'api') return { document: workflow.document, problems: [] }
  const shapes = shapesOf(registry, definitions)
  const { graph, problems, unnamed } = compileUi(workflow.document, shapes)
  const lost = [...unnamed].flatMap(([id, count]) => {
    const node = graph.nodes.get(id)
    return node === undefined ? [] : [unnamedValues(node, node.type, count)]
  })
  return { document: writeApi(graph, shapes), problems: [...problems, ...lost] }
}
