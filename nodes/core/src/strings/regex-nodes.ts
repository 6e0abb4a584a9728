/** Patterns in texts, by ComfyUI's names. Patterns are Python's; one that never ends is stopped. */
import { defineNode, type NodeDefinition, param, port, type ValidationIssue } from '@dicache/sdk'
import { findMatches, type Match, type Pattern, patternFault } from './find-matches.ts'
import { fillReplacement } from './python-regex.ts'

const about = { version: 1, category: 'utils/string' } as const

const searched = {
  string: param.text({ default: '', multiline: true, description: 'The text.' }),
  regex_pattern: param.text({
    default: '',
    multiline: true,
    description: 'The pattern: a regular expression as Python writes it.',
  }),
} as const

const flags = {
  case_sensitive: param.boolean({ default: true, description: 'Whether A and a differ.' }),
  multiline: param.boolean({ default: false, description: 'Whether ^ and $ also stand for ends of lines.' }),
  dotall: param.boolean({ default: false, description: 'Whether . also stands for an end of a line.' }),
} as const

type Settings = {
  readonly regex_pattern: string
  readonly case_sensitive: boolean
  readonly multiline: boolean
  readonly dotall: boolean
}

const patternOf = (params: Settings): Pattern => ({
  source: params.regex_pattern,
  caseSensitive: params.case_sensitive,
  multiline: params.multiline,
  dotall: params.dotall,
})

function checkPattern(source: string | undefined): readonly ValidationIssue[] {
  if (source === undefined) return []
  const fault = patternFault({ source, caseSensitive: true, multiline: false, dotall: false })
  return fault === undefined
    ? []
    : [{ input: 'regex_pattern', message: `the pattern cannot be read: ${fault}` }]
}

export const regexMatch: NodeDefinition = defineNode({
  ...about,
  type: 'RegexMatch',
  title: 'Regex Match',
  description: 'Whether a pattern is found in a text.',
  params: { ...searched, ...flags },
  outputs: { matches: port.boolean() },
  validate: ({ params }) => checkPattern(params.regex_pattern),
  run: ({ params }) => ({ matches: findMatches(patternOf(params), params.string, { most: 1 }).length > 0 }),
})

export const regexExtract: NodeDefinition = defineNode({
  ...about,
  type: 'RegexExtract',
  title: 'Regex Extract',
  description: 'What a pattern finds in a text; nothing found is an empty text, several finds are lines.',
  params: {
    ...searched,
    mode: param.choice({
      options: ['First Match', 'All Matches', 'First Group', 'All Groups'],
      description: 'Whether the whole match or one of its groups is wanted, and of which matches.',
    }),
    ...flags,
    group_index: param.int({
      default: 1,
      min: 0,
      max: 100,
      description: 'Which group; 0 is the whole match.',
    }),
  },
  outputs: { string: port.string() },
  validate: ({ params }) => checkPattern(params.regex_pattern),
  run({ params }) {
    const isFirst = params.mode === 'First Match' || params.mode === 'First Group'
    const matches = findMatches(patternOf(params), params.string, isFirst ? { most: 1 } : {})
    switch (params.mode) {
      case 'First Match':
        return { string: groupOf(matches[0], 0) }
      case 'First Group':
        return { string: groupOf(matches[0], params.group_index) }
      case 'All Matches':
        // As Python's findall: of a pattern with groups the first one.
        return {
          string: matches.map((match) => groupOf(match, Math.min(1, match.numbered.length - 1))).join('\n'),
        }
      case 'All Groups':
        return {
          string: matches
            .filter(({ numbered }) => numbered.length > Math.max(1, params.group_index))
            .map((match) => groupOf(match, params.group_index))
            .join('\n'),
        }
    }
  },
})

function groupOf(match: Match | undefined, index: number): string {
  return match?.numbered[index] ?? ''
}

export const regexReplace: NodeDefinition = defineNode({
  ...about,
  type: 'RegexReplace',
  title: 'Regex Replace',
  description: 'Replaces what a pattern finds. \\1 or \\g<name> in the replacement are its groups.',
  params: {
    ...searched,
    replace: param.text({ default: '', multiline: true, description: 'What stands there instead.' }),
    case_sensitive: param.boolean({ default: true, optional: true, description: 'Whether A and a differ.' }),
    multiline: param.boolean({
      default: false,
      optional: true,
      description: 'Whether ^ and $ also stand for ends of lines.',
    }),
    dotall: param.boolean({
      default: false,
      optional: true,
      description: 'Whether . also stands for an end of a line.',
    }),
    count: param.int({
      default: 0,
      min: 0,
      max: 100,
      optional: true,
      description: 'How many are replaced at most; 0: all.',
    }),
  },
  outputs: { string: port.string() },
  validate: ({ params }) => checkPattern(params.regex_pattern),
  run({ params }) {
    const { string, replace, count } = params
    const matches = findMatches(patternOf(params), string, count === 0 ? {} : { most: count })
    let [result, at] = ['', 0]
    for (const match of matches) {
      result += string.slice(at, match.index) + fillReplacement(replace, match)
      at = match.index + groupOf(match, 0).length
    }
    return { string: result + string.slice(at) }
  },
})
