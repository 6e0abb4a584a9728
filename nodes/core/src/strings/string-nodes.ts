/** Texts from texts, by ComfyUI's names. Characters are code points, and letters go as Python's do. */
import { defineNode, type NodeDefinition, param, port } from '@dicache/sdk'
import { capitalized, characters, titled, trimmed } from './python-text.ts'

const about = { version: 1, category: 'utils/string' } as const
const text = (description: string) => param.text({ default: '', multiline: true, description })
const caseSensitive = param.boolean({ default: true, description: 'Whether A and a differ.' })

export const stringConcatenate: NodeDefinition = defineNode({
  ...about,
  type: 'StringConcatenate',
  title: 'Concatenate',
  description: 'Joins two texts.',
  params: {
    string_a: text('First text.'),
    string_b: text('Second text.'),
    delimiter: param.text({ default: '', description: 'What stands between them.' }),
  },
  outputs: { string: port.string() },
  run: ({ params }) => ({ string: params.string_a + params.delimiter + params.string_b }),
})

export const stringSubstring: NodeDefinition = defineNode({
  ...about,
  type: 'StringSubstring',
  title: 'Substring',
  description: 'Takes characters out of a text; negative places count from the end.',
  params: {
    string: text('The text.'),
    start: param.int({ default: 0, description: 'First character, from 0.' }),
    end: param.int({ default: 0, description: 'The character behind the last one.' }),
  },
  outputs: { string: port.string() },
  run: ({ params: { string, start, end } }) => ({ string: characters(string).slice(start, end).join('') }),
})

export const stringLength: NodeDefinition = defineNode({
  ...about,
  type: 'StringLength',
  title: 'Length',
  description: 'How many characters a text has.',
  params: { string: text('The text.') },
  outputs: { length: port.int() },
  run: ({ params }) => ({ length: characters(params.string).length }),
})

export const caseConverter: NodeDefinition = defineNode({
  ...about,
  type: 'CaseConverter',
  title: 'Case Converter',
  description: 'Writes a text in large or small letters.',
  params: {
    string: text('The text.'),
    mode: param.choice({
      options: ['UPPERCASE', 'lowercase', 'Capitalize', 'Title Case'],
      description: 'Capitalize: the first letter large; Title Case: that of every word.',
    }),
  },
  outputs: { string: port.string() },
  run({ params: { string, mode } }) {
    switch (mode) {
      case 'UPPERCASE':
        return { string: string.toUpperCase() }
      case 'lowercase':
        return { string: string.toLowerCase() }
      case 'Capitalize':
        return { string: capitalized(string) }
      case 'Title Case':
        return { string: titled(string) }
    }
  },
})

export const stringTrim: NodeDefinition = defineNode({
  ...about,
  type: 'StringTrim',
  title: 'Trim',
  description: 'Takes spaces and line ends off a text.',
  params: {
    string: text('The text.'),
    mode: param.choice({ options: ['Both', 'Left', 'Right'], description: 'On which side.' }),
  },
  outputs: { string: port.string() },
  run: ({ params: { string, mode } }) => ({ string: trimmed(string, mode) }),
})

export const stringReplace: NodeDefinition = defineNode({
  ...about,
  type: 'StringReplace',
  title: 'Replace',
  description: 'Replaces a part of a text wherever it stands.',
  params: {
    string: text('The text.'),
    find: text('What is replaced.'),
    replace: text('What stands there instead.'),
  },
  outputs: { string: port.string() },
  run({ params: { string, find, replace } }) {
    // As in Python an empty text is found between all characters.
    const parts = find === '' ? ['', ...characters(string), ''] : string.split(find)
    return { string: parts.join(replace) }
  },
})

export const stringContains: NodeDefinition = defineNode({
  ...about,
  type: 'StringContains',
  title: 'Contains',
  description: 'Whether a text stands in another.',
  params: {
    string: text('The text.'),
    substring: text('What may stand in it.'),
    case_sensitive: caseSensitive,
  },
  outputs: { contains: port.boolean() },
  run({ params }) {
    const level = levelled(params.case_sensitive)
    return { contains: level(params.string).includes(level(params.substring)) }
  },
})

export const stringCompare: NodeDefinition = defineNode({
  ...about,
  type: 'StringCompare',
  title: 'Compare',
  description: 'Whether a text begins with, ends with, or is another.',
  params: {
    string_a: text('The text.'),
    string_b: text('What it is compared with.'),
    mode: param.choice({ options: ['Starts With', 'Ends With', 'Equal'], description: 'What is asked.' }),
    case_sensitive: caseSensitive,
  },
  outputs: { boolean: port.boolean() },
  run({ params }) {
    const level = levelled(params.case_sensitive)
    const [a, b] = [level(params.string_a), level(params.string_b)]
    switch (params.mode) {
      case 'Starts With':
        return { boolean: a.startsWith(b) }
      case 'Ends With':
        return { boolean: a.endsWith(b) }
      case 'Equal':
        return { boolean: a === b }
    }
  },
})

function levelled(isCaseSensitive: boolean): (string: string) => string {
  return (string) => (isCaseSensitive ? string : string.toLowerCase())
}
