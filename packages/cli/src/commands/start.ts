import type { Command } from '../command.ts'
import { command as serve } from './serve.ts'

/** `npm start`: the same as `serve`. */
export const command: Command = { ...serve, usage: `dicache start: the same as serve.\n\n${serve.usage}` }
