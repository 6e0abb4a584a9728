import { nodeContract, runNode } from '@dicache/sdk/testing'
import type { NodeDefinition } from '@dicache/sdk'
import { describe, expect, it } from 'vitest'
import { pack } from '../pack.ts'
import { findMatches } from './find-matches.ts'

const nodes = new Map(pack.nodes.map((node) => [node.manifest.type, node]))

async function run(type: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { outputs } = await runNode(nodes.get(type) as NodeDefinition, { params })
  return Object.values(outputs)[0]
}

it.each([...nodes.keys()].filter((type) => /^(String|Case|Regex)/.test(type)))(
  '%s keeps the contract',
  (type) => nodeContract(nodes.get(type) as NodeDefinition, {}),
)

// What Python 3.11 gives for the same texts.
describe('texts', () => {
  it.each([
    ['StringConcatenate', { string_a: 'a', string_b: 'b', delimiter: ', ' }, 'a, b'],
    ['StringSubstring', { string: '🦊fox', start: 0, end: 2 }, '🦊f'],
    ['StringSubstring', { string: 'abcdef', start: -3, end: -1 }, 'de'],
    ['StringSubstring', { string: 'abc', start: 2, end: 1 }, ''],
    ['StringLength', { string: '🦊é' }, 2],
    ['CaseConverter', { string: 'straße éa', mode: 'UPPERCASE' }, 'STRASSE ÉA'],
    ['CaseConverter', { string: 'ABC', mode: 'lowercase' }, 'abc'],
    ['CaseConverter', { string: 'hELLO wORLD', mode: 'Capitalize' }, 'Hello world'],
    ['CaseConverter', { string: "they're bill's 3rd", mode: 'Title Case' }, "They'Re Bill'S 3Rd"],
    ['StringTrim', { string: ' \n a b \t', mode: 'Both' }, 'a b'],
    ['StringTrim', { string: ' a ', mode: 'Left' }, 'a '],
    ['StringTrim', { string: ' a ', mode: 'Right' }, ' a'],
    ['StringReplace', { string: 'a.b.c', find: '.', replace: '$&' }, 'a$&b$&c'],
    ['StringReplace', { string: 'ab', find: '', replace: '-' }, '-a-b-'],
    ['StringContains', { string: 'A Fox', substring: 'fox' }, false],
    ['StringContains', { string: 'A Fox', substring: 'fox', case_sensitive: false }, true],
    ['StringCompare', { string_a: 'abc', string_b: 'ab', mode: 'Starts With' }, true],
    ['StringCompare', { string_a: 'abc', string_b: 'BC', mode: 'Ends With', case_sensitive: false }, true],
    ['StringCompare', { string_a: 'abc', string_b: 'ABC', mode: 'Equal' }, false],
  ])('%s %j', async (type, params, wanted) => expect(await run(type, params)).toBe(wanted))
})

describe('patterns', () => {
  const string = 'x=1, Y=22\nz=3'
  it.each([
    ['RegexMatch', { regex_pattern: 'y=\\d' }, false],
    ['RegexMatch', { regex_pattern: 'y=\\d', case_sensitive: false }, true],
    ['RegexMatch', { regex_pattern: '^z' }, false],
    ['RegexMatch', { regex_pattern: '^z', multiline: true }, true],
    ['RegexMatch', { regex_pattern: '22.z' }, false],
    ['RegexMatch', { regex_pattern: '22.z', dotall: true }, true],
    ['RegexMatch', { regex_pattern: '^z', multiline: true }, true],
    ['RegexMatch', { regex_pattern: '\\Ax=[]1]' }, true],
    ['RegexMatch', { regex_pattern: '3\\Z' }, true],
    ['RegexMatch', { string: 'a {b} ]', regex_pattern: '{b} ]' }, true],
    ['RegexMatch', { string: 'a-b!', regex_pattern: '\\-b\\!' }, true],
    ['RegexMatch', { string: 'q-', regex_pattern: '^[^a\\-z]-' }, true],
    ['RegexMatch', { string: '{', regex_pattern: '^[{(/]$' }, true],
    ['RegexMatch', { string: 'aaa', regex_pattern: '^a{,2}$' }, false],
    ['RegexMatch', { string: 'aa', regex_pattern: '^a{,2}$' }, true],
    ['RegexMatch', { string: 'abab', regex_pattern: '^(?P<x>ab)(?P=x)$' }, true],
    ['RegexExtract', { regex_pattern: '\\d+', mode: 'First Match' }, '1'],
    ['RegexExtract', { regex_pattern: '\\d+', mode: 'All Matches' }, '1\n22\n3'],
    ['RegexExtract', { regex_pattern: '(\\w)=(\\d+)', mode: 'All Matches' }, 'x\nY\nz'],
    ['RegexExtract', { regex_pattern: '(\\w)=(\\d+)', mode: 'First Group', group_index: 2 }, '1'],
    ['RegexExtract', { regex_pattern: '(\\w)=(\\d+)', mode: 'First Group', group_index: 3 }, ''],
    ['RegexExtract', { regex_pattern: '(?P<k>\\w)=(\\d+)', mode: 'All Groups', group_index: 2 }, '1\n22\n3'],
    ['RegexExtract', { regex_pattern: 'nothing', mode: 'First Match' }, ''],
    ['RegexReplace', { regex_pattern: '(?P<k>\\w)=(\\d+)', replace: '\\2:\\g<k>' }, '1:x, 22:Y\n3:z'],
    ['RegexReplace', { regex_pattern: '\\d', replace: '#', count: 2 }, 'x=#, Y=#2\nz=3'],
    ['RegexReplace', { regex_pattern: '(q)?=', replace: '[\\1]' }, 'x[]1, Y[]22\nz[]3'],
  ])('%s %j', async (type, params, wanted) => expect(await run(type, { string, ...params })).toBe(wanted))

  it('stops a pattern that would never end', () => {
    const pattern = { source: '(a+)+$', caseSensitive: true, multiline: false, dotall: false }
    const text = `${'a'.repeat(60)}b`
    expect(() => findMatches(pattern, text, { limitMs: 40 })).toThrow(
      expect.objectContaining({ code: 'TIMED_OUT', message: expect.stringContaining('(a+)+$') as string }),
    )
    expect(findMatches(pattern, 'aaa')).toHaveLength(1)
  })

  it('names a pattern that is none before the run and in it, and a group that is not there', async () => {
    const hooks = { host: undefined as never, signal: new AbortController().signal }
    for (const type of ['RegexMatch', 'RegexExtract', 'RegexReplace']) {
      const validate = nodes.get(type)?.validate
      expect(await validate?.({ params: { regex_pattern: '(a' }, ...hooks })).toMatchObject([
        { input: 'regex_pattern' },
      ])
      expect(await validate?.({ params: { regex_pattern: undefined }, ...hooks })).toEqual([])
      await expect(run(type, { string, regex_pattern: '(a' })).rejects.toMatchObject({
        code: 'CUSTOM_VALIDATION_FAILED',
      })
    }
    await expect(run('RegexReplace', { string, regex_pattern: 'x', replace: '\\1' })).rejects.toThrow(
      'no group "1"',
    )
  })
})
