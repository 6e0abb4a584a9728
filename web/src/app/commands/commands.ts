/** Every command of the editor: what menus, buttons and keys call. */
import type { Context } from '../context.ts'
import { arrangeCommands } from './arrange-commands.ts'
import type { Commands } from './command.ts'
import { documentCommands } from './document-commands.ts'
import { editCommands } from './edit-commands.ts'
import { runCommands } from './run-commands.ts'
import { viewCommands } from './view-commands.ts'

/** All commands by name. */
export const commands: Commands = {
  ...runCommands,
  ...editCommands,
  ...arrangeCommands,
  ...viewCommands,
  ...documentCommands,
}

/** Runs `name` or `name:argument`; errors become a sentence on the page. */
export function runCommand(context: Context, text: string): void {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return
  if (context.store.state().overlay?.kind === 'menu')
    context.store.dispatch({ type: 'overlay', overlay: undefined })
  Promise.try(() => command.run(context, colon < 0 ? '' : text.slice(colon + 1))).catch((error: unknown) => {
    context.toast('error', error instanceof Error ? error.message : String(error))
  })
}
