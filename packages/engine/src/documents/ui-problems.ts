/** What can be wrong with a node of a UI document. */
import type { Problem } from '@dicache/protocol'
import { nodeName } from '../graph.ts'
import type { GraphNode } from '../graph.ts'

type Place = Pick<GraphNode, 'id' | 'title' | 'path'>

/** The list holds more than the type has settings. */
export function extraValues(place: Place, extra: number): Problem {
  return {
    code: 'BAD_WIDGET_VALUES',
    message: `${nodeName(place)} has ${extra} more saved value${extra === 1 ? '' : 's'} than settings; they are ignored. Check its settings.`,
    severity: 'warning',
    path: `${place.path}/widgets_values`,
    nodeId: place.id,
  }
}

/** The type is not known, and the document does not name its values. */
export function unnamedValues(place: Place, type: string, count: number): Problem {
  return {
    code: 'UNKNOWN_NODE_TYPE',
    message: `${nodeName(place)} is of the type "${type}", which is not known here: its ${count} saved value${count === 1 ? ' has' : 's have'} no name and ${count === 1 ? 'is' : 'are'} left out. Install the pack that has it, or give its definition.`,
    severity: 'warning',
    path: `${place.path}/widgets_values`,
    nodeId: place.id,
    details: { type },
  }
}

/** The document was saved where the type is newer. */
export function newerVersion(place: Place, saved: number, present: number): Problem {
  return {
    code: 'UNSUPPORTED_DOCUMENT_FEATURE',
    message: `${nodeName(place)} was saved with version ${saved} of its type, but version ${present} is installed. Update its pack, or check its settings.`,
    severity: 'warning',
    path: place.path,
    nodeId: place.id,
    details: { feature: 'newer node version', saved, installed: present },
  }
}

/** The pack's own migration failed. */
export function failedMigration(place: Place, thrown: unknown): Problem {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    code: 'BAD_WIDGET_VALUES',
    message: `The settings of ${nodeName(place)}, saved with an older version of its type, cannot be brought to the present one (${reason}); they are read as if it were the present one. Check them.`,
    severity: 'warning',
    path: place.path,
    nodeId: place.id,
  }
}

/** Reroutes or bypassed nodes in a circle. */
export function loop(place: Place, path: string, input: string): Problem {
  return {
    code: 'CYCLE',
    message: `The input "${input}" of ${nodeName(place)} leads through reroutes or bypassed nodes back to itself. Remove one of these links.`,
    severity: 'error',
    path,
    nodeId: place.id,
    input,
  }
}

/** A list that is meant as a link and is none. */
export function badLink(place: Place, input: string, path: string): Problem {
  return {
    code: 'BAD_LINK',
    message: `The input "${input}" of ${nodeName(place)} is a list that is no link; it becomes a value. A link is a list of two: the id of a node, and the number of its output.`,
    severity: 'warning',
    path,
    nodeId: place.id,
    input,
  }
}

/** A link that cannot be drawn. */
export function missingLink(
  place: Place,
  input: string,
  { from, slot, path }: { readonly from: string; readonly slot: number; readonly path: string },
): Problem {
  return {
    code: 'MISSING_LINK',
    message: `The input "${input}" of ${nodeName(place)} is linked to output ${slot} of node ${from}, which is not there; the link is left out.`,
    severity: 'warning',
    path,
    nodeId: place.id,
    input,
  }
}
