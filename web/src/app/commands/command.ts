/** What a command is. */
import type { Context } from '../context.ts'

/** A command. `keys` are shown in the help sheet; `argument` follows a colon in its name. */
export type Command = {
  readonly label: string
  readonly group: 'Run' | 'Edit' | 'Arrange' | 'View' | 'Document'
  readonly keys?: string
  readonly run: (context: Context, argument: string) => void | Promise<void>
}

/** Commands by name. */
export type Commands = Readonly<Record<string, Command>>
