import { JsonFloat, parseWorkflow } from '@dicache/protocol'
import type { Workflow } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { convertToApi, convertToUi, createRegistry, readObjectInfo } from '../index.ts'
import type { NodeShapes } from '../index.ts'
import { createDemoPack } from '../testing/demo-pack.ts'

const registry = createRegistry([createDemoPack()])

function parse(document: object): Workflow {
  const parsed = parseWorkflow(document)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}
const toApi = (document: object, definitions?: NodeShapes) =>
  convertToApi(parse(document), registry, definitions)
const one = (node: object, definitions?: NodeShapes): unknown =>
  toApi({ nodes: [{ id: 1, ...node }] }, definitions).document['1']?.inputs

describe('D-24 settings that depend on values, and names that the file has', () => {
  it('D-24 reads the settings that a choice brings, from a list, an object and a prompt', () => {
    const type = 'ResizeImageMaskNode'
    const dimensions = {
      resize_type: 'scale dimensions',
      'resize_type.width': 1920,
      'resize_type.height': 1088,
      'resize_type.crop': 'center',
      scale_method: 'lanczos',
    }
    expect(one({ type, widgets_values: ['scale dimensions', 1920, 1088, 'center', 'lanczos'] })).toEqual(
      dimensions,
    )
    expect(one({ type, widgets_values: dimensions })).toEqual(dimensions)
    const pixels = { resize_type: 'scale total pixels', 'resize_type.megapixels': new JsonFloat('2.0') }
    expect(one({ type, widgets_values: ['scale total pixels', 2, 'area'] })).toMatchObject({
      ...pixels,
      scale_method: 'area',
    })
    // The first one is what a choice is without a value; one that is not known brings nothing.
    expect(one({ type, widgets_values: [] })).toMatchObject({
      'resize_type.width': 512,
      scale_method: 'area',
    })
    expect(one({ type, widgets_values: ['new', 'bicubic'] })).toEqual({
      resize_type: 'new',
      scale_method: 'bicubic',
    })
    const prompt = { 1: { class_type: type, inputs: dimensions } }
    const ui = convertToUi(parse(prompt), registry, { layout: () => new Map() })
    expect(ui.document.nodes[0]?.widgets_values).toEqual([
      'scale dimensions',
      1920,
      1088,
      'center',
      'lanczos',
    ])
    expect(toApi(ui.document).document['1']?.inputs).toEqual(dimensions)
  })

  it('D-24 reads choices in choices, and settings of a choice that are linked', () => {
    const definitions = readObjectInfo({
      Deep: {
        input: {
          required: {
            a: [
              'COMFY_DYNAMICCOMBO_V3',
              {
                options: [
                  {
                    key: 'x',
                    inputs: {
                      required: {
                        b: [
                          'COMFY_DYNAMICCOMBO_V3',
                          { options: [{ key: 'y', inputs: { required: { n: ['INT'] } } }, 5] },
                        ],
                        image: ['IMAGE'],
                      },
                      optional: { seed: ['INT', {}] },
                    },
                  },
                  { key: 'z' },
                ],
              },
            ],
            last: ['STRING', {}],
          },
        },
        output: [],
      },
    })
    const deep = (...values: unknown[]): unknown => one({ type: 'Deep', widgets_values: values }, definitions)
    expect(deep('x', 'y', 7, 'text')).toEqual({ a: 'x', 'a.b': 'y', 'a.b.n': 7, 'a.seed': 'text', last: '' })
    expect(deep('x', 'y', 7, 5, 'text')).toEqual({
      a: 'x',
      'a.b': 'y',
      'a.b.n': 7,
      'a.seed': 5,
      last: 'text',
    })
    expect(deep('z', 'text')).toEqual({ a: 'z', last: 'text' })
    const linked = {
      nodes: [
        {
          id: 1,
          type: 'Deep',
          widgets_values: ['x', 'y', 7, 5, 'text'],
          inputs: [{ name: 'a.b.n', link: 3, widget: { name: 'a.b.n' } }],
        },
        { id: 2, type: 'Number', widgets_values: [4] },
      ],
      links: [[3, 2, 0, 1, 0, 'INT']],
    }
    expect(toApi(linked, definitions).document['1']?.inputs).toMatchObject({
      'a.b.n': ['2', 0],
      last: 'text',
    })
  })

  it('D-24 takes names from the file where nobody knows the type, or only an older one', () => {
    const node = {
      type: 'Nobody',
      widgets_values: ['text', 5, 'randomize', null, 'a.png', 'image'],
      widgets_values_named: {
        prompt: 'old',
        seed: 1,
        control_after_generate: 'fixed',
        none: 1,
        file: '',
        upload: 'image',
      },
    }
    expect(one(node)).toEqual({ prompt: 'text', seed: 5, file: 'a.png' })
    expect(toApi({ nodes: [{ id: 1, ...node }] }).problems).toEqual([])
    const newer = {
      type: 'ImageScaleToTotalPixels',
      widgets_values: ['lanczos', 1, 16],
      widgets_values_named: { upscale_method: 'lanczos', megapixels: 1, resolution_steps: 1 },
    }
    expect(one(newer)).toMatchObject({ upscale_method: 'lanczos', resolution_steps: 16 })
    // Names that are not as many as entries name nothing.
    const { problems } = toApi({ nodes: [{ id: 1, ...node, widgets_values_named: { prompt: 'old' } }] })
    expect(problems).toMatchObject([{ code: 'UNKNOWN_NODE_TYPE' }])
  })
})
