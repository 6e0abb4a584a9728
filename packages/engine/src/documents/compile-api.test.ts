import { parseWorkflowText, stringifyJson } from '@dicache/protocol'
import { expect, it } from 'vitest'
import { compileDocument, createRegistry, toApiDocument, validateGraph } from '../index.ts'
import { createDemoPack } from '../testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])

function compile(text: string) {
  const parsed = parseWorkflowText(text)
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message)
  return compileDocument(parsed.value, registry)
}

it('D-2 tells links, bad links, wrapped lists and constants apart', () => {
  const { graph, problems } = compile(`{
    "a.1": {"class_type": "Number", "inputs": {"value": 5}, "_meta": {"title": "Five"}},
    "b c": {"class_type": "Add", "inputs": {
      "a": ["a.1", 0], "b": [3, 0], "c": ["a.1"], "d": ["a.1", 0.5], "e": {"__value__": ["a.1", 0]}, "f/g": null
    }}
  }`)
  expect(problems).toEqual([])
  expect(graph.nodes.get('a.1')).toMatchObject({ title: 'Five', path: '/a.1' })
  expect(graph.nodes.get('b c')?.title).toBe('Add')
  expect(Object.fromEntries(graph.nodes.get('b c')?.inputs ?? [])).toMatchObject({
    a: { kind: 'link', from: 'a.1', slot: 0, path: '/b c/inputs/a' },
    b: { kind: 'link', from: '3', slot: 0 },
    c: { kind: 'bad-link' },
    d: { kind: 'bad-link' },
    e: { kind: 'value', value: ['a.1', 0] },
    'f/g': { kind: 'value', value: null, path: '/b c/inputs/f~1g' },
  })
})

it('D-14 writes the converted graph back: seeds exactly, whole floats as 1.0, lists wrapped', () => {
  const text = `{"1":{"class_type":"Settings","inputs":{
    "seed": 18446744073709551615, "steps": 5.7, "cfg": 1, "text": 5.0, "mode": "euler", "enabled": "false", "image": "a.png"
  }}, "2":{"class_type":"Show","inputs":{"value":["1",0], "list": {"__value__":[1,2]}}}}`
  const { graph } = validateGraph(compile(text).graph, registry)
  expect(stringifyJson(toApiDocument(graph, registry) as never)).toBe(
    '{"1":{"class_type":"Settings","inputs":{"seed":18446744073709551615,"steps":5,"cfg":1.0,"text":"5.0","mode":"euler","enabled":true,"image":"a.png","scale":1.5},"_meta":{"title":"All Settings"}},"2":{"class_type":"Show","inputs":{"value":["1",0]},"_meta":{"title":"Show"}}}',
  )
  expect(stringifyJson(toApiDocument(compile(text).graph, registry)['2']?.inputs ?? {})).toBe(
    '{"value":["1",0],"list":{"__value__":[1,2]}}',
  )
})
