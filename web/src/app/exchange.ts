/** Copy, cut and paste through the system's clipboard, and files dropped on the page. */
import { copyText } from '../state/edit/clipboard.ts'
import { pasteText } from './clipboard.ts'
import { runCommand } from './commands/commands.ts'
import type { Context } from './context.ts'
import { openFiles } from './documents.ts'
import { shown } from './edit-document.ts'
import { isField } from './keys.ts'

export function listenToClipboard(context: Context): void {
  const busy = (event: Event): boolean =>
    isField(event.target) ||
    context.store.state().overlay !== undefined ||
    String(getSelection() ?? '') !== ''
  const take = (event: ClipboardEvent): boolean => {
    const view = shown(context)
    if (busy(event) || view === undefined || view.tab.selection.size === 0) return false
    event.clipboardData?.setData('text/plain', copyText(view.graph, view.tab.selection))
    event.preventDefault()
    return true
  }
  document.addEventListener('copy', (event) => void take(event))
  document.addEventListener('cut', (event) => {
    if (take(event)) runCommand(context, 'delete')
  })
  document.addEventListener('paste', (event) => {
    if (isField(event.target)) return
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length > 0) void openFiles(context, files)
    else if (!pasteText(context, event.clipboardData?.getData('text/plain') ?? '')) return
    event.preventDefault()
  })
}

export function listenToDrops(context: Context): void {
  window.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault()
  })
  window.addEventListener('drop', (event) => {
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    void openFiles(context, files)
  })
}
