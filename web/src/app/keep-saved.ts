/** Keeps saved documents and the server in step: saves by itself, and looks for what others saved. */
import { Refusal } from '../server/http.ts'
import { startAutosave } from './autosave.ts'
import type { Context } from './context.ts'
import { messageOf } from './documents.ts'
import { refreshUnchanged, tellConflict } from './saving.ts'

/** Begins with it. */
export function keepSaved(context: Context): void {
  const { store, save } = context
  const told = new Set<string>()
  startAutosave({
    store,
    save,
    onConflict: (tab) => tellConflict(context, tab),
    onFault({ name }, error) {
      // A server that is away is told by the bar already.
      const message = messageOf(error)
      if ((error instanceof Refusal && error.status === 0) || told.has(message)) return
      told.add(message)
      context.toast('error', `“${name.slice(0, 80)}” cannot be saved by itself. ${message}`)
    },
  })
  window.addEventListener('focus', () => void refreshUnchanged(context))
  store.follow((state, before) => {
    if (state.link === 'online' && before.link === 'offline') void refreshUnchanged(context)
  })
}
