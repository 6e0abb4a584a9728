/** What a command is, and how it reads its words. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { HostError } from '@dicache/protocol'
import type { Terminal } from './terminal.ts'

export type CommandContext = {
  readonly args: readonly string[]
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs, and gives the exit code: 0 done, 1 failed, 2 invalid input, 130 cancelled. */
export type Command = { readonly usage: string; readonly run: (context: CommandContext) => Promise<number> }

export type Words = {
  readonly positionals: readonly string[]
  readonly text: (name: string) => string | undefined
  readonly texts: (name: string) => readonly string[]
  readonly flag: (name: string) => boolean
  /** @throws HostError BAD_REQUEST when it is no whole number of at least `least`. */
  readonly count: (name: string, fallback: number, least?: number) => number
}

/** Reads a command's words. @throws HostError BAD_REQUEST for words that the command does not know. */
export function readWords(args: readonly string[], options: ParseArgsOptionsConfig): Words {
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, ...options },
      allowPositionals: true,
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new HostError('BAD_REQUEST', `${message.split('. ')[0] ?? message}; --help lists the options`)
  }
  const values = (name: string): readonly unknown[] => {
    const value = parsed.values[name]
    return value === undefined ? [] : Array.isArray(value) ? value : [value]
  }
  const texts = (name: string): readonly string[] => values(name).filter((value) => typeof value === 'string')
  return {
    positionals: parsed.positionals,
    texts,
    text: (name) => texts(name).at(-1),
    flag: (name) => values(name).includes(true),
    count(name, fallback, least = 0) {
      const given = texts(name).at(-1)
      if (given === undefined) return fallback
      const number = Number(given)
      if (!Number.isInteger(number) || number < least) {
        throw new HostError('BAD_REQUEST', `--${name} takes a whole number from ${least} on, not "${given}"`)
      }
      return number
    },
  }
}

/** The one positional word. @throws HostError BAD_REQUEST when there is none, or more than one. */
export function onePositional(words: Words, what: string): string {
  const [first, ...more] = words.positionals
  if (first === undefined || more.length > 0) {
    throw new HostError(
      'BAD_REQUEST',
      `give one ${what}${more.length > 0 ? `, not ${more.length + 1}` : ''}; --help shows how`,
    )
  }
  return first
}
