import type { NodeManifest } from '@dicache/protocol'
import { parseJson, stringifyJson } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { objectInfo } from './object-info.ts'
import { pythonFloat, pythonRepr, pythonStr } from './python-text.ts'

const manifest: NodeManifest = {
  type: 'Example',
  version: 1,
  title: 'An example',
  category: 'a/b',
  description: 'Does it.',
  inputs: [
    { name: 'model', type: 'MODEL', description: 'The model.' },
    { name: 'mask', type: 'MASK', optional: true, lazy: true },
  ],
  params: [
    { name: 'seed', kind: 'seed', default: '18446744073709551615' },
    { name: 'steps', kind: 'int', default: 20, min: 1, max: 10_000, step: 1 },
    { name: 'cfg', kind: 'float', default: 8, min: 0, max: 100, step: 0.1, round: 0.01 },
    { name: 'text', kind: 'text', multiline: true, dynamicPrompts: true },
    { name: 'on', kind: 'boolean', default: true, labelOn: 'yes' },
    { name: 'mode', kind: 'choice', options: ['a', 'b'], default: 'b' },
    { name: 'image', kind: 'choice', source: 'input', upload: 'image' },
    { name: 'linked', kind: 'float', step: 0.01, socketOnly: true, optional: true },
  ],
  outputs: [
    { name: 'image', type: 'IMAGE' },
    { name: 'parts', type: 'INT', list: true, description: 'How many.' },
  ],
  output: false,
  experimental: true,
}

describe('objectInfo', () => {
  const text = stringifyJson(objectInfo(manifest, 'demo', (source) => (source === 'input' ? ['x.png'] : [])))
  it('writes numbers as they must be read', () => {
    expect(text).toContain('"default":18446744073709551615,"min":0,"max":18446744073709551615')
    expect(text).toContain('"cfg":["FLOAT",{"default":8.0,"min":0.0,"max":100.0,"step":0.1,"round":0.01}]')
    expect(text).toContain('"steps":["INT",{"default":20,"min":1,"max":10000,"step":1}]')
  })
  it('has ComfyUI’s shape', () => {
    expect(JSON.parse(text)).toMatchObject({
      input: {
        required: {
          model: ['MODEL', { tooltip: 'The model.' }],
          text: ['STRING', { default: '', multiline: true, dynamicPrompts: true }],
          on: ['BOOLEAN', { default: true, label_on: 'yes' }],
          mode: [['a', 'b'], { default: 'b' }],
          image: [['x.png'], { image_upload: true }],
        },
        optional: { mask: ['MASK', { lazy: true }], linked: ['FLOAT', { step: 0.01, forceInput: true }] },
      },
      input_order: {
        required: ['model', 'seed', 'steps', 'cfg', 'text', 'on', 'mode', 'image'],
        optional: ['mask', 'linked'],
      },
      output: ['IMAGE', 'INT'],
      output_is_list: [false, true],
      output_name: ['IMAGE', 'parts'],
      output_tooltips: ['', 'How many.'],
      name: 'Example',
      display_name: 'An example',
      description: 'Does it.',
      python_module: 'dicache.demo',
      category: 'a/b',
      output_node: false,
      experimental: true,
    })
  })
})

describe('Python’s texts', () => {
  it.each([
    [1, '1.0'],
    [0.5, '0.5'],
    [-0.0001, '-0.0001'],
    [1e16, '1e+16'],
    [1e-7, '1e-07'],
    [0.00001, '1e-05'],
    [1.5e300, '1.5e+300'],
    [123456789, '123456789.0'],
  ])('writes the float %d as %s', (value, text) => {
    expect(pythonFloat(value)).toBe(text)
  })
  it.each([
    ['null', 'None'],
    ['true', 'True'],
    ['5', '5'],
    ['5.0', '5.0'],
    ['18446744073709551616', '18446744073709551616'],
    ['"a\'b"', '"a\'b"'],
    ['"a\\"b"', "'a\"b'"],
    ['"a\\nb\\\\"', "'a\\nb\\\\'"],
  ])('writes %s as %s', (json, text) => {
    expect(pythonRepr(parseJson(json, { keepFloats: true }))).toBe(text)
  })
  it('leaves a text as it is where Python’s str does', () => {
    expect([pythonStr('a'), pythonStr(undefined), pythonStr(false)]).toEqual(['a', 'None', 'False'])
  })
})
