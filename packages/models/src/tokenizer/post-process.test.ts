import { expect, it } from 'vitest'
import { nodeOf } from './json-node.ts'
import { createPostProcess } from './post-process.ts'

const run = (node: object): readonly number[] => createPostProcess(nodeOf(node, 'post_processor'))([7, 8])

it('puts the tokens of a template around a text', () => {
  const special_tokens = { s: { id: 's', ids: [1, 2] } }
  const single = [{ SpecialToken: { id: 's' } }, { Sequence: { id: 'A' } }, { SpecialToken: { id: 's' } }]
  expect(run({ type: 'TemplateProcessing', single, special_tokens })).toEqual([1, 2, 7, 8, 1, 2])
  expect(() => run({ type: 'TemplateProcessing', single, special_tokens: {} })).toThrow(
    /"s" is not among the special tokens/,
  )
})

it("puts CLIP's start and end around a text", () => {
  const node = { type: 'RobertaProcessing', cls: ['<|startoftext|>', 49_406], sep: ['<|endoftext|>', 49_407] }
  expect(run(node)).toEqual([49_406, 7, 8, 49_407])
  expect(run({ type: 'Sequence', processors: [{ type: 'ByteLevel' }, node] })).toEqual([49_406, 7, 8, 49_407])
  expect(() => run({ ...node, cls: ['x'] })).toThrow(/cls: a token id is needed/)
})

it('adds nothing where nothing is said', () => {
  expect(createPostProcess(undefined)([7, 8])).toEqual([7, 8])
})
