/** Removes the link to one input of a UI document. */
import { isJsonArray, isJsonObject } from '@dicache/protocol'
import type { JsonValue, UiDocument, UiNode } from '@dicache/protocol'

/** A copy of the document in which nothing is linked to this input. */
export function cutUiLink(document: UiDocument, nodeId: string, input: string): UiDocument {
  const target = document.nodes.find(({ id }) => String(id) === nodeId)
  const link = target?.inputs?.find(({ name }) => name === input)?.link
  if (link === undefined || link === null) return document
  const isCut = (id: unknown): boolean => String(id) === String(link)
  const cut = (node: UiNode): UiNode => {
    const { inputs, outputs } = node
    return {
      ...node,
      ...(inputs && { inputs: inputs.map((item) => (isCut(item.link) ? { ...item, link: null } : item)) }),
      ...(outputs && {
        outputs: outputs.map((item) =>
          item.links ? { ...item, links: item.links.filter((id) => !isCut(id)) } : item,
        ),
      }),
    }
  }
  const links = document.links?.filter((entry) => !isCut(idOf(entry)))
  return { ...document, nodes: document.nodes.map(cut), ...(links && { links }) }
}

function idOf(entry: JsonValue): JsonValue | undefined {
  if (isJsonArray(entry)) return entry[0]
  return isJsonObject(entry) ? entry['id'] : undefined
}
