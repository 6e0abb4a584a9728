/** Finds node types by what a user types, best first, and by what a dragged link could end at. */
import type { NodeManifest } from '@dicache/protocol'
import { paramType } from '@dicache/protocol'
import type { Catalog } from './catalog.ts'
import { typesMatch } from './types-match.ts'

/** The socket of a link that wants a partner: an `output` wants a node with a fitting input. */
export type Wanted = { readonly side: 'input' | 'output'; readonly type: string }

const MAX_RESULTS = 60

/** The node types that match, best first. */
export function searchNodes(catalog: Catalog, query: string, wanted?: Wanted): readonly NodeManifest[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found: { readonly node: NodeManifest; readonly score: number }[] = []
  for (const node of catalog.nodes.values()) {
    if (wanted !== undefined && !suits(node, wanted)) continue
    const score = scoreOf(node, words)
    if (score > 0)
      found.push({
        node,
        score: score - (node.deprecated === true ? 50 : 0) + (wanted === undefined ? 0 : exact(node, wanted)),
      })
  }
  return found
    .toSorted((a, b) => b.score - a.score || a.node.title.localeCompare(b.node.title))
    .slice(0, MAX_RESULTS)
    .map(({ node }) => node)
}

/** Whether a type has a socket, or a setting, that a link could end at. */
export function suits(node: NodeManifest, { side, type }: Wanted): boolean {
  if (side === 'input') return node.outputs.some((port) => typesMatch(port.type, type))
  return (
    node.inputs.some((port) => typesMatch(type, port.type)) ||
    node.params.some((param) => typesMatch(type, paramType(param)))
  )
}

function exact(node: NodeManifest, { side, type }: Wanted): number {
  return (side === 'input' ? node.outputs : node.inputs).some((port) => port.type === type) ? 30 : 0
}

function scoreOf(node: NodeManifest, words: readonly string[]): number {
  const title = node.title.toLowerCase()
  const type = node.type.toLowerCase()
  const whole = words.join(' ')
  let score =
    title === whole || type === whole
      ? 400
      : whole !== '' && (title.startsWith(whole) || type.startsWith(whole))
        ? 200
        : 1
  for (const word of words) {
    if (title.startsWith(word) || type.startsWith(word)) score += 100
    else if (title.includes(word) || type.includes(word)) score += 60
    else if (node.aliases?.some((alias) => alias.toLowerCase().includes(word)) === true) score += 50
    else if (inOrder(title, word)) score += 20
    else if (node.category.toLowerCase().includes(word)) score += 15
    else if (node.description.toLowerCase().includes(word)) score += 5
    else return 0
  }
  return score
}

/** Whether the letters of a word come in order: `emlat` finds Empty Latent. */
function inOrder(text: string, word: string): boolean {
  let at = 0
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}
