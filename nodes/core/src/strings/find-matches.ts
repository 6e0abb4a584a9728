/**
 * Matches of a pattern, found in bounded time. Some patterns, such as `(a+)+$`, try more ways than there are atoms;
 * V8 can be stopped in the middle of one only from outside, so the search runs in a context of its own with a limit.
 */
import { runInNewContext } from 'node:vm'
import { HostError } from '@dicache/sdk'
import { type Groups, toJavaScriptPattern } from './python-regex.ts'

/** A pattern in Python's spelling, and how it is read. */
export type Pattern = {
  readonly source: string
  readonly caseSensitive: boolean
  /** Whether ^ and $ also stand for ends of lines. */
  readonly multiline: boolean
  /** Whether . also stands for an end of a line. */
  readonly dotall: boolean
}

/** A match: where it begins, and its groups. */
export type Match = Groups & { readonly index: number }

/** The longest that a search may take. */
const LIMIT_MS = 1000
/** The most matches that are gathered. */
const MOST_MATCHES = 100_000

const SEARCH = `
  const matches = []
  for (const match of text.matchAll(new RegExp(source, flags))) {
    if (matches.length === most) break
    const named = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, value ?? null]))
    matches.push({ index: match.index, numbered: Array.from(match, (group) => group ?? null), named })
  }
  JSON.stringify(matches)
`

/** Why a pattern cannot be used, or undefined. */
export function patternFault(pattern: Pattern): string | undefined {
  try {
    new RegExp(toJavaScriptPattern(pattern.source), flagsOf(pattern))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * The matches of a pattern in a text, in order.
 * @param most - how many are wanted at most
 * @throws HostError CUSTOM_VALIDATION_FAILED for a pattern that is none, TIMED_OUT for one that takes too long.
 */
export function findMatches(
  pattern: Pattern,
  text: string,
  { most = MOST_MATCHES, limitMs = LIMIT_MS }: { readonly most?: number; readonly limitMs?: number } = {},
): readonly Match[] {
  const fault = patternFault(pattern)
  if (fault !== undefined)
    throw new HostError('CUSTOM_VALIDATION_FAILED', `the pattern cannot be read: ${fault}`)
  const globals = {
    source: toJavaScriptPattern(pattern.source),
    flags: flagsOf(pattern),
    text,
    most: Math.min(most, MOST_MATCHES),
  }
  try {
    return JSON.parse(String(runInNewContext(SEARCH, globals, { timeout: limitMs }))) as readonly Match[]
  } catch (error) {
    // The error is of the other context, where Error is another class.
    if ((error as { readonly code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new HostError(
        'TIMED_OUT',
        `the pattern "${pattern.source.slice(0, 60)}" took longer than ${limitMs / 1000} s on this text. Repeats inside repeats, such as (a+)+, do that; write it without them.`,
        { cause: error },
      )
    }
    throw error
  }
}

function flagsOf({ caseSensitive, multiline, dotall }: Pattern): string {
  return `gu${caseSensitive ? '' : 'i'}${multiline ? 'm' : ''}${dotall ? 's' : ''}`
}
