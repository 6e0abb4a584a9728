/** Checks one link: that its source exists, and that the types fit. */
import type { Problem } from '@dicache/protocol'
import { nodeName } from '../graph.ts'
import type { GraphInput, GraphNode } from '../graph.ts'
import { typesMatch } from './port-types.ts'
import type { Surroundings } from './surroundings.ts'

type Link = Extract<GraphInput, { kind: 'link' }>

/** Checks a link into the input `name` of a node; `expected` is undefined for inputs that were not declared. */
export function checkLink(
  node: GraphNode,
  name: string,
  link: Link & { readonly expected: string | undefined },
  around: Surroundings,
): Problem | undefined {
  const problem = (rest: Pick<Problem, 'code' | 'message' | 'details'>): Problem => ({
    ...rest,
    severity: 'error',
    path: link.path,
    nodeId: node.id,
    input: name,
  })
  const where = `The input "${name}" of ${nodeName(node)}`
  const source = around.getNode(link.from)
  if (source === undefined) {
    return problem({
      code: 'MISSING_LINK',
      message: `${where} is linked to node ${link.from}, which does not exist. Connect it to another node.`,
      details: { from: link.from, slot: link.slot, missing: 'node' },
    })
  }
  const sourceType = around.registry.get(source.type)
  if (sourceType === undefined) return undefined // told once, at the source
  const output = sourceType.manifest.outputs[link.slot]
  if (output === undefined || link.slot < 0) {
    const count = sourceType.manifest.outputs.length
    return problem({
      code: 'MISSING_LINK',
      message: `${where} is linked to output ${link.slot} of ${nodeName(source)}, which has ${count === 0 ? 'no outputs' : `outputs 0 to ${count - 1}`}. Connect it again.`,
      details: { from: link.from, slot: link.slot, missing: 'output', outputs: count },
    })
  }
  if (link.expected === undefined || typesMatch(output.type, link.expected)) return undefined
  return problem({
    code: 'TYPE_MISMATCH',
    message: `${where} takes ${link.expected}, but ${nodeName(source)} gives ${output.type}. Connect an output of type ${link.expected}.`,
    details: { from: link.from, slot: link.slot, received: output.type, expected: link.expected },
  })
}
