import { parseWorkflow } from '@dicache/protocol'
import type { ApiDocument, JsonObject, UiDocument, Workflow } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { convertToApi, convertToUi, createRegistry, readObjectInfo } from '../index.ts'
import type { LayoutGraph, NodeShapes } from '../index.ts'
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

describe('D-18 to the API format', () => {
  it('knows nodes of other families, and what is no setting of theirs', () => {
    const video = { type: 'Wan22FunControlToVideo', widgets_values: [640, 480, 81, 1] }
    expect(one(video)).toEqual({ width: 640, height: 480, length: 81, batch_size: 1 })
    expect(one({ type: 'LoadVideo', widgets_values: ['a.mp4', 'image'] })).toEqual({ file: 'a.mp4' })
    expect(one({ type: 'LoadAudio', widgets_values: ['a.wav', null, ''] })).toEqual({ audio: 'a.wav' })
    expect(
      one({ type: 'LoadImageOutput', widgets_values: ['a.webp [output]', false, 'refresh', 'image'] }),
    ).toEqual({ image: 'a.webp [output]' })
    // A node without settings keeps what it shows among its widgets.
    const shown = { type: 'GetImageSize', widgets_values: ['width: 5, height: 6'] }
    expect(toApi({ nodes: [{ id: 1, ...shown }] }).problems).toEqual([])
  })

  it('has types, titles and inputs: settings first, links in their place or behind them', () => {
    const { document, problems } = toApi({
      nodes: [
        { id: 'a', type: 'Number', title: 'My number', widgets_values: [4] },
        {
          id: 2,
          type: 'KSampler',
          inputs: [
            { name: 'model', type: 'MODEL', link: null },
            { name: 'steps', type: 'INT', link: 7, widget: { name: 'steps' } },
            { name: 'latent_image', type: 'LATENT', link: 8 },
          ],
          widgets_values: [5, true, 20, 8, 'euler', 'simple', 1],
        },
      ],
      links: [
        [7, 'a', 0, 2, 1, 'INT'],
        [8, 'a', 0, 2, 2, 'INT'],
      ],
    })
    expect(problems).toEqual([])
    expect(document['a']).toEqual({
      class_type: 'Number',
      inputs: { value: 4 },
      _meta: { title: 'My number' },
    })
    expect(document['2']?._meta).toEqual({ title: 'KSampler' })
    expect(Object.keys(document['2']?.inputs ?? {})).toEqual([
      'seed',
      'steps',
      'cfg',
      'sampler_name',
      'scheduler',
      'denoise',
      'latent_image',
    ])
    expect(document['2']?.inputs).toMatchObject({
      seed: 5,
      steps: ['a', 0],
      sampler_name: 'euler',
      latent_image: ['a', 0],
    })
  })

  it('D-4 knows the entries of the editor: of an upload, of seeds, of sockets in old files', () => {
    expect(one({ type: 'LoadImageMask', widgets_values: ['a.png', 'red', 'image'] })).toEqual({
      image: 'a.png',
      channel: 'red',
    })
    expect(one({ type: 'LoadImage', widgets_values: ['a.png', 'image'] })).toEqual({ image: 'a.png' })
    expect(one({ type: 'PrimitiveInt', widgets_values: [3, 'increment'] })).toEqual({ value: 3 })
    const definitions = readObjectInfo({
      Old: {
        input: {
          required: {
            text: ['STRING', { forceInput: true }],
            seed: ['INT', {}],
            scale: ['FLOAT', { default: 1 }],
          },
          optional: { mode: [['a', 'b']], more: ['IMAGE'] },
        },
        output: ['IMAGE'],
        display_name: 'Old one',
      },
    })
    expect(one({ type: 'Old', widgets_values: [9, 'fixed', 2, 'b'] }, definitions)).toMatchObject({
      seed: 9,
      mode: 'b',
    })
    expect(one({ type: 'Old', widgets_values: ['dummy', 9, 'fixed', 2, 'b'] }, definitions)).toMatchObject({
      seed: 9,
      mode: 'b',
    })
    expect(Object.keys(one({ type: 'Old', widgets_values: [9] }, definitions) as object)).toEqual([
      'seed',
      'scale',
      'mode',
    ])
  })

  it('fills in defaults where a file is older than its nodes', () => {
    expect(one({ type: 'DualCLIPLoader', widgets_values: ['a', 'b', 'flux'] })).toEqual({
      clip_name1: 'a',
      clip_name2: 'b',
      type: 'flux',
      device: 'default',
    })
  })

  it('wraps lists, and takes objects by name', () => {
    expect(one({ type: 'Settings', widgets_values: { text: ['a', 1], steps: 3 } })).toMatchObject({
      text: { __value__: ['a', 1] },
      steps: 3,
    })
  })

  it('takes types that nobody knows from the document: by names, or by its list of inputs', () => {
    expect(one({ type: 'Mystery', widgets_values: { a: 1, b: 'x' } })).toEqual({ a: 1, b: 'x' })
    const inputs = [
      { name: 'image', type: 'IMAGE', link: null },
      { name: 'seed', type: 'INT', link: null, widget: { name: 'seed' } },
      { name: 'mode', type: 'COMBO', link: null, widget: { name: 'mode' } },
      { name: 'on', type: 'BOOLEAN', link: null, widget: { name: 'on' } },
    ]
    expect(one({ type: 'Mystery', inputs, widgets_values: [5, 'randomize', 'b', true] })).toEqual({
      seed: 5,
      mode: 'b',
      on: true,
    })
    const lost = toApi({
      nodes: [
        { id: 1, type: 'Mystery', inputs: inputs.slice(0, 2), widgets_values: [5, 'fixed', 'b', true, 3] },
      ],
    })
    expect(lost.document['1']?.inputs).toEqual({})
    expect(lost.problems).toMatchObject([
      { code: 'UNKNOWN_NODE_TYPE', severity: 'warning', nodeId: '1', path: '/nodes/0/widgets_values' },
    ])
    expect(lost.problems[0]?.message).toContain('5 saved values have no name')
  })

  it('leaves a prompt as it is', () => {
    const prompt = { 1: { class_type: 'Mystery', inputs: { a: ['2', 0] }, mine: true } }
    expect(toApi(prompt).document).toBe(parse(prompt).document === prompt ? prompt : undefined)
  })

  it('reads definitions only as far as they are such', () => {
    const shapes = readObjectInfo({
      A: 5,
      B: { input: { required: { a: 7, b: [], c: [5], d: ['INT', 'x'] } } },
      C: {},
    })
    expect(shapes.get('A')).toBeUndefined()
    expect(shapes.get('__proto__')).toBeUndefined()
    expect(shapes.get('B')).toMatchObject({ title: 'B', params: [{ name: 'd', default: 0 }], outputs: [] })
    expect(shapes.get('C')).toEqual({ type: 'C', title: 'C', inputs: [], params: [], outputs: [] })
  })
})

const layout: LayoutGraph = (boxes) => new Map(boxes.map(({ id }, index) => [id, [index * 500, 7]]))
const toUi = (document: object) => convertToUi(parse(document), registry, { layout })

describe('D-19 to the UI format', () => {
  it('rebuilds sockets, links and widgets', () => {
    const { document, problems } = toUi({
      10: { class_type: 'Number', inputs: { value: 4 } },
      'a.1': {
        class_type: 'Settings',
        inputs: {
          seed: 5,
          steps: ['10', 0],
          cfg: 1,
          text: 't',
          mode: 'lms',
          enabled: true,
          image: 'x.png',
          note: 'n',
          scale: 1,
          hint: ['10', 0],
        },
        _meta: { title: 'Mine' },
      },
      2: { class_type: 'Show', inputs: { value: ['a.1', 0] } },
    })
    expect(problems).toEqual([])
    expect(document).toMatchObject({
      version: 0.4,
      last_node_id: 10,
      last_link_id: 3,
      groups: [],
      links: [
        [1, 'a.1', 0, 2, 0, 'STRING'],
        [2, 10, 0, 'a.1', 0, 'INT'],
        [3, 10, 0, 'a.1', 1, 'INT'],
      ],
      extra: {},
    })
    expect(document.nodes).toMatchObject([
      { id: 2, type: 'Show', pos: [0, 7], order: 2, inputs: [{ name: 'value', link: 1 }] },
      {
        id: 10,
        type: 'Number',
        pos: [500, 7],
        order: 0,
        outputs: [{ name: 'value', type: 'INT', links: [2, 3] }],
        widgets_values: [4],
      },
      {
        id: 'a.1',
        title: 'Mine',
        order: 1,
        inputs: [
          { name: 'steps', type: 'INT', link: 2, widget: { name: 'steps' } },
          { name: 'hint', type: 'INT', link: 3 },
        ],
        widgets_values: [5, 'fixed', 20, 1, 't', 'lms', true, 'x.png', 'image', 'n', 1],
      },
    ])
    expect(document.nodes[0]).not.toHaveProperty('title')
  })

  it.each<[string, ApiDocument]>([
    [
      'settings that are missing, null or not declared',
      { 1: { class_type: 'Settings', inputs: { seed: null, mine: 5, text: 'fixed', note: 'image' } } },
    ],
    [
      'lists, objects and numbers of every size',
      {
        1: {
          class_type: 'Settings',
          inputs: {
            seed: 18446744073709551615n,
            text: { __value__: [1, 2] },
            mode: { a: 1 },
            note: { __value__: 1, b: 2 },
          },
        },
      },
    ],
    [
      'types that nobody knows',
      {
        7: { class_type: 'Mystery', inputs: { a: 1, b: ['8', 2], c: null } },
        8: { class_type: 'Other', inputs: {} },
      },
    ],
    [
      'constants on sockets, links that nobody declared',
      {
        1: { class_type: 'Add', inputs: { a: 3, extra: ['2', 0] } },
        2: { class_type: 'Number', inputs: {} },
      },
    ],
    [
      'names of Object.prototype',
      JSON.parse(
        '{"__proto__":{"class_type":"constructor","inputs":{"__proto__":1,"toString":["__proto__",0]}}}',
      ) as ApiDocument,
    ],
    [
      'circles',
      {
        1: { class_type: 'Add', inputs: { a: ['2', 0] } },
        2: { class_type: 'Add', inputs: { a: ['1', 0], b: ['2', 0] } },
      },
    ],
    ['nothing', {}],
  ])('gives the same prompt when it is converted back: %s', (_, prompt) => {
    const { document } = toUi(prompt)
    const back = convertToApi({ format: 'ui', document }, registry).document
    const plain = (given: ApiDocument): unknown =>
      Object.fromEntries(
        Object.entries(given).map(([id, { class_type: type, inputs }]) => [
          id,
          [type, Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1))],
        ]),
      )
    expect(plain(back)).toEqual(plain(prompt))
  })

  it('says what it cannot keep', () => {
    const { document, problems } = toUi({
      1: { class_type: 'Add', inputs: { a: ['nobody', 0], b: ['1', 9999], c: [1] } },
    })
    expect(problems.map(({ code, input, path }) => [code, input, path])).toEqual([
      ['MISSING_LINK', 'a', '/1/inputs/a'],
      ['MISSING_LINK', 'b', '/1/inputs/b'],
      ['BAD_LINK', 'c', '/1/inputs/c'],
    ])
    expect(document.links).toEqual([])
  })

  it('leaves a document of the editor as it is', () => {
    const given = parse({ nodes: [] })
    expect(convertToUi(given, registry, { layout }).document).toBe(given.document as UiDocument)
  })

  it('keeps a document that is edited elsewhere right: what was unset or named goes by the widgets then', () => {
    const { document } = toUi({ 1: { class_type: 'Number', inputs: { value: { __value__: [1] }, mine: 2 } } })
    const edited = { ...document, nodes: document.nodes.map((node) => ({ ...node, widgets_values: [8] })) }
    const inputs: JsonObject | undefined = convertToApi({ format: 'ui', document: edited }, registry)
      .document['1']?.inputs
    expect(inputs).toEqual({ value: 8 })
  })
})
