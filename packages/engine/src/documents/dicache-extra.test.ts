import { JsonFloat, parseWorkflow } from '@dicache/protocol'
import type { UiDocument, Workflow } from '@dicache/protocol'
import { defineNode, definePack, param, port } from '@dicache/sdk'
import type { NodeMigrations, Pack } from '@dicache/sdk'
import { describe, expect, it } from 'vitest'
import {
  applySettings,
  compileDocument,
  createRegistry,
  dicacheExtra,
  migrateDocument,
  stampDocument,
  validateGraph,
} from '../index.ts'
import type { Registry } from '../index.ts'
import { widgetsMark } from './dicache-extra.ts'
import { shapesOf } from './shapes-of.ts'

const about = { title: 'Blur', category: 'test', description: 'For tests.' } as const
const show = defineNode({
  ...about,
  type: 'Show',
  version: 1,
  inputs: { value: port.any() },
  output: true,
  run: () => ({}),
})

/** The pack as it was: seed, radius, mode. */
const first: Pack = definePack({
  name: 'blur',
  version: '1.0.0',
  nodes: [
    show,
    defineNode({
      ...about,
      type: 'Blur',
      version: 1,
      inputs: { image: port.any({ optional: true }) },
      params: {
        seed: param.seed(),
        radius: param.int({ default: 4 }),
        mode: param.choice({ options: ['box', 'gauss'] }),
      },
      outputs: { image: port.any(), mask: port.any() },
      run: () => ({ image: 1, mask: 2 }),
    }),
  ],
})

/** The pack as it is: other names, another order, another unit, another order of outputs. */
const packWith = (migrations?: NodeMigrations): Pack =>
  definePack({
    name: 'blur',
    version: '3.0.0',
    nodes: [
      show,
      defineNode({
        ...about,
        type: 'Blur',
        version: 3,
        inputs: { picture: port.any({ optional: true }) },
        params: {
          kind: param.choice({ options: ['box', 'gauss'] }),
          seed: param.seed(),
          diameter: param.int({ default: 8 }),
        },
        outputs: { mask: port.any(), image: port.any() },
        run: () => ({ image: 1, mask: 2 }),
        ...(migrations && { migrations }),
      }),
    ],
  })
const third = createRegistry([
  packWith({
    1: {
      widgets: ['seed', null, 'radius', 'mode'],
      renamed: { image: 'picture', mode: 'kind' },
      outputs: { 0: 1, 1: 0 },
    },
    2: {
      renamed: { radius: 'diameter' },
      settings: ({ diameter, ...rest }) => ({ ...rest, diameter: Number(diameter) * 2 }),
    },
  }),
])
const old = createRegistry([first])
const renamedOnly = createRegistry([packWith()])

const blur = (values: unknown): object => ({
  id: 1,
  type: 'Blur',
  inputs: [
    { name: 'image', type: '*', link: null },
    { name: 'radius', type: 'INT', link: null, widget: { name: 'radius' } },
  ],
  outputs: [
    { name: 'image', type: '*', links: [1] },
    { name: 'mask', type: '*', links: [] },
  ],
  widgets_values: values,
})
const document = (node: object, dicache?: object): UiDocument => {
  const parsed = parseWorkflow({
    nodes: [node, { id: 2, type: 'Show', inputs: [{ name: 'value', type: '*', link: 1 }] }],
    links: [[1, 1, 0, 2, 0, '*']],
    ...(dicache && { extra: { ds: 1, dicache } }),
  })
  if (!parsed.ok || parsed.value.format !== 'ui') throw new Error('it is no document')
  return parsed.value.document
}
const asWorkflow = (value: UiDocument): Workflow => ({ format: 'ui', document: value })
const inputsOf = (value: UiDocument, registry: Registry, id: string = '1'): unknown =>
  Object.fromEntries(
    [...(compileDocument(asWorkflow(value), registry).graph.nodes.get(id)?.inputs ?? [])].map(
      ([name, input]) => [
        name,
        input.kind === 'link' ? `${input.from}:${input.slot}` : 'value' in input && input.value,
      ],
    ),
  )

const VALUES = [7, 'fixed', 5, 'gauss']

describe('D-9 named values', () => {
  it('survive a pack that reorders its settings', () => {
    const stamped = stampDocument(document(blur(VALUES)), old)
    const reordered = createRegistry([
      definePack({
        name: 'blur',
        version: '1.1.0',
        nodes: [
          defineNode({
            ...about,
            type: 'Blur',
            version: 1,
            params: {
              mode: param.choice({ options: ['box', 'gauss'] }),
              radius: param.int({ default: 4 }),
              seed: param.seed(),
            },
            run: () => undefined,
          }),
        ],
      }),
    ])
    expect(inputsOf(stamped, reordered)).toEqual({ seed: 7, radius: 5, mode: 'gauss' })
  })

  it('do not count when another program changed the widgets', () => {
    const stamped = stampDocument(document(blur(VALUES)), old)
    const edited = {
      ...stamped,
      nodes: stamped.nodes.with(0, { ...stamped.nodes[0], widgets_values: [9, 'fixed', 6, 'box'] } as never),
    }
    expect(inputsOf(edited, old)).toEqual({ seed: 9, radius: 6, mode: 'box' })
    // 5.0 for 5 is no change.
    const rewritten = {
      ...stamped,
      nodes: stamped.nodes.with(0, {
        ...stamped.nodes[0],
        widgets_values: [7, 'fixed', new JsonFloat('5.0'), 'gauss'],
      } as never),
    }
    expect(dicacheExtra(rewritten).widgets.get('1')).toBe(widgetsMark([7, 'fixed', 5, 'gauss']))
    expect(inputsOf(rewritten, old)).toEqual({ seed: 7, radius: 5, mode: 'gauss' })
  })

  it('D-13 stay in step with settings, and those out of date are dropped', () => {
    const stamped = stampDocument(document(blur(VALUES)), old)
    const { workflow } = applySettings(asWorkflow(stamped), ['1.radius=9'], old)
    expect(inputsOf(workflow.document as UiDocument, old)).toEqual({ seed: 7, radius: 9, mode: 'gauss' })
    expect(dicacheExtra(workflow.document as UiDocument).values.get('1')).toEqual({
      seed: 7,
      radius: 9,
      mode: 'gauss',
    })
    expect(dicacheExtra(workflow.document as UiDocument).widgets.get('1')).toBe(
      widgetsMark([7, 'fixed', 9, 'gauss']),
    )

    const stale = document(blur(VALUES), { values: { 1: { mode: 'box' } }, widgets: { 1: 'other' } })
    const set = applySettings(asWorkflow(stale), ['1.radius=9'], old).workflow.document as UiDocument
    expect(inputsOf(set, old)).toEqual({ seed: 7, radius: 9, mode: 'gauss' })
    expect(dicacheExtra(set).values.size).toBe(0)
  })

  it('hold settings that no node type declares', () => {
    expect(inputsOf(document(blur(VALUES), { values: { 1: { mine: [1, 2] } } }), old)).toMatchObject({
      mine: [1, 2],
    })
  })

  it('D-19 and settings that are unset are not there, until they are set', () => {
    const unset = document(blur(VALUES), { unset: { 1: ['mode', 'radius', 5] } })
    expect(inputsOf(unset, old)).toEqual({ seed: 7 })
    const { workflow } = applySettings(asWorkflow(unset), ['1.mode=box'], old)
    expect(inputsOf(workflow.document as UiDocument, old)).toEqual({ seed: 7, mode: 'box' })
  })
})

describe('D-15 the document knows what it was saved with', () => {
  it('has versions of types and packs, effective seeds, and weight files', () => {
    const given = document(blur(['18446744073709551615', 'fixed', 5]), {
      inputs: { s: '1.seed' },
      models: { 'vae/b': { sha256: 'no hash' } },
    })
    const before = JSON.stringify(given)
    const { graph } = compileDocument(asWorkflow(given), old)
    const checked = validateGraph(graph, old)
    const models = new Map([['vae/a.safetensors', { sha256: 'a'.repeat(64), sizeBytes: 5 }]])
    const stamped = stampDocument(given, old, { graph: checked.graph, models })
    expect(JSON.stringify(given)).toBe(before)
    expect(stamped.extra).toEqual({
      ds: 1,
      dicache: {
        inputs: { s: '1.seed' },
        values: { 1: { seed: '18446744073709551615', radius: 5, mode: 'box' } },
        widgets: { 1: widgetsMark(['18446744073709551615', 'fixed', 5]) },
        types: { Blur: 1, Show: 1 },
        packs: { blur: '1.0.0' },
        seeds: { 1: { seed: 18446744073709551615n } },
        models: { 'vae/a.safetensors': { sha256: 'a'.repeat(64), sizeBytes: 5 } },
      },
    })
    // Stamping is done once and for all.
    expect(stampDocument(stamped, old, { graph: checked.graph, models })).toEqual(stamped)
  })

  it('is read as far as it has the right form', () => {
    const nonsense = document(blur(VALUES), {
      values: { 1: 5 },
      widgets: [],
      types: { Blur: 'x', Show: 0 },
      seeds: 1,
      models: { a: {} },
    })
    const extra = dicacheExtra(nonsense)
    for (const part of Object.values(extra)) expect(part.size).toBe(0)
    expect(dicacheExtra({ nodes: [], extra: null }).values.size).toBe(0)
  })
})

describe('D-16 migrations', () => {
  const wanted = { kind: 'gauss', seed: 7, diameter: 10 }

  it('read settings, inputs and links of older versions', () => {
    const byName = stampDocument(document(blur(VALUES)), old)
    const byPlace = document(blur(VALUES), { types: { Blur: 1 } })
    const byObject = document(blur({ seed: 7, radius: 5, mode: 'gauss' }), { types: { Blur: 1 } })
    for (const given of [byName, byPlace, byObject]) {
      const compiled = compileDocument(asWorkflow(given), third)
      expect(compiled.problems).toEqual([])
      expect(inputsOf(given, third)).toEqual(wanted)
      expect(inputsOf(given, third, '2')).toEqual({ value: '1:1' })
    }
  })

  it('start at the saved version', () => {
    const second = document(
      { ...blur([3, 'gauss']), widgets_values: { kind: 'gauss', seed: 7, radius: 5 } },
      { types: { Blur: 2 } },
    )
    expect(inputsOf(second, third)).toEqual(wanted)
    expect(inputsOf(second, third, '2')).toEqual({ value: '1:0' })
  })

  it('give a document that is of the present versions, once', () => {
    const { document: migrated, problems } = migrateDocument(
      stampDocument(document(blur(VALUES)), old),
      shapesOf(third),
    )
    expect(problems).toEqual([])
    expect(migrated.nodes[0]).toMatchObject({
      inputs: [{ name: 'picture' }, { name: 'diameter', widget: { name: 'diameter' } }],
      outputs: [{ name: 'mask' }, { name: 'image', links: [1] }],
      widgets_values: ['gauss', 7, 'fixed', 10],
    })
    expect(migrated.links).toEqual([[1, 1, 1, 2, 0, '*']])
    expect(migrateDocument(migrated, shapesOf(third)).document).toBe(migrated)
    expect(inputsOf(migrated, third)).toEqual(wanted)
  })

  it('come before settings', () => {
    const given = document(blur(VALUES), { types: { Blur: 1 } })
    const { workflow, problems } = applySettings(asWorkflow(given), ['1.diameter=3'], third)
    expect(problems).toEqual([])
    expect(inputsOf(workflow.document as UiDocument, third)).toEqual({ ...wanted, diameter: 3 })
  })

  it('reach the inside of subgraphs', () => {
    const { nodes, links } = document(blur(VALUES))
    const parsed = parseWorkflow({
      nodes: [{ id: 9, type: 'sub' }],
      definitions: {
        subgraphs: [
          { id: 'sub', nodes, links },
          { id: 'broken', nodes: [{ inputs: 'x' }] },
        ],
      },
      extra: { dicache: { types: { Blur: 1 }, values: { '9:1': { extra: 1 } } } },
    })
    if (!parsed.ok || parsed.value.format !== 'ui') throw new Error('it is no document')
    expect(inputsOf(parsed.value.document, third, '9:1')).toEqual({ ...wanted, extra: 1 })
    expect(inputsOf(parsed.value.document, third, '9:2')).toEqual({ value: '9:1:1' })
    const stamped = stampDocument(parsed.value.document, third)
    expect(dicacheExtra(stamped).values.get('sub/1')).toEqual(wanted)
    expect(dicacheExtra(stamped).types.get('Blur')).toBe(3)
  })

  it('that throw are a warning, and so is a version that is not installed yet', () => {
    const failing = createRegistry([
      packWith({
        1: {
          settings: () => {
            throw new Error('no way')
          },
        },
      }),
    ])
    const given = document(blur(['gauss', 7, 'fixed', 10]), { types: { Blur: 1 } })
    const { problems } = compileDocument(asWorkflow(given), failing)
    expect(problems).toMatchObject([{ code: 'BAD_WIDGET_VALUES', severity: 'warning', nodeId: '1' }])
    expect(problems[0]?.message).toContain('no way')
    expect(inputsOf(given, failing)).toEqual(wanted)

    const future = document(blur(['gauss', 7, 'fixed', 10]), { types: { Blur: 4 } })
    expect(compileDocument(asWorkflow(future), third).problems).toMatchObject([
      { code: 'UNSUPPORTED_DOCUMENT_FEATURE', severity: 'warning', details: { saved: 4, installed: 3 } },
    ])
    expect(dicacheExtra(stampDocument(future, third)).types.get('Blur')).toBe(4)
  })

  it('are not needed where only the version changed', () => {
    expect(inputsOf(document(blur(['gauss', 7, 'fixed', 10]), { types: { Blur: 1 } }), renamedOnly)).toEqual(
      wanted,
    )
  })
})
