/** What no source file may hold, whatever it imports. */
import { MAX_LINES } from '../rooms.ts'
import type { Rule, SourceModule, Violation } from '../workspace.ts'

/** Fails on a file that is too long to be one idea. */
export const checkLength: Rule = ({ modules }) =>
  written(modules).flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    return lines > MAX_LINES ? [{ path, message: `has ${lines} lines, over ${MAX_LINES}: split it` }] : []
  })

/** Fails on `any`. */
export const checkAny: Rule = ({ modules }) =>
  written(modules).flatMap(({ path, anyLines }) =>
    anyLines.map((line) => ({ path, line, message: '`any`: use `unknown` and parse it' })),
  )

/** Fails on a comment that silences the compiler; a test may expect an error, which fails when there is none. */
export const checkSilencers: Rule = ({ modules }) =>
  written(modules).flatMap((module) =>
    inComments(
      module,
      module.isTest ? /@ts-(?:ignore|nocheck)\b/ : /@ts-(?:ignore|nocheck|expect-error)\b/,
      'silences the compiler: mend the type',
    ),
  )

/** Fails on work that a comment postpones. */
export const checkLeftovers: Rule = ({ modules }) =>
  written(modules).flatMap((module) =>
    inComments(module, /\b(?:TODO|FIXME)\b/, 'is unfinished work: do it, or write an issue'),
  )

/** Fails where a room that is given its settings reads the environment. */
export const checkEnvironment: Rule = ({ modules, table }) =>
  modules
    .filter(({ room }) => !table[room]?.env)
    .flatMap(({ path, room, envLines }) =>
      envLines.map((line) => ({
        path,
        line,
        message: `${room} reads process.env: settings come from cli or server, as arguments`,
      })),
    )

function written(modules: readonly SourceModule[]): readonly SourceModule[] {
  return modules.filter((module) => !module.isGenerated)
}

function inComments({ path, comments }: SourceModule, pattern: RegExp, what: string): Violation[] {
  return comments.flatMap(({ text, line }) => {
    const match = pattern.exec(text)
    if (match === null) return []
    return [
      {
        path,
        line: line + text.slice(0, match.index).split('\n').length - 1,
        message: `${match[0]} ${what}`,
      },
    ]
  })
}
