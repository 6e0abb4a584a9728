/** Copying and pasting nodes of the shown graph. */
import { copyText, paste, readCopied } from '../state/edit/clipboard.ts'
import { removeNodes } from '../state/edit/edit-nodes.ts'
import type { Context } from './context.ts'
import { chosen, editGraph, shown } from './edit-document.ts'

/** Writes the chosen nodes to the system's clipboard. */
export async function copySelection(context: Context): Promise<void> {
  const view = shown(context)
  if (view === undefined || view.tab.selection.size === 0) return
  await navigator.clipboard.writeText(copyText(view.graph, view.tab.selection))
}

export function removeSelection(context: Context): void {
  editGraph(context, (graph) => removeNodes(graph, chosen(context)), { select: [] })
}

/** Puts copied nodes into the shown graph; other text is left to the page. */
export function pasteText(context: Context, text: string): boolean {
  const copied = readCopied(text)
  const view = shown(context)
  if (copied === undefined || view === undefined) return false
  const { graph, keys } = paste(view.graph, copied)
  editGraph(context, () => graph, { select: keys })
  return true
}
