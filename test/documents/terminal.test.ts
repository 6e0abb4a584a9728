/** Pictures and documents in the terminal: a saved picture is a workflow, and so is what stdin brings. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseWorkflowText } from '@dicache/protocol'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dicache } from '../integration/terminal.ts'
import { type TemporaryFolder, temporaryFolder } from '../integration/temporary-folder.ts'
import { fixturePath, pairs, promptFacts } from './fixtures.ts'
import { subgraphExample, subgraphPrompt } from './subgraph-example.ts'

let all: TemporaryFolder
let count = 0
/** A folder for one test, below the one for all. */
const folder = (): string => all.at(String(count++))
const UI = {
  nodes: [
    {
      id: 1,
      type: 'EmptyImage',
      mode: 0,
      inputs: [],
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }],
      widgets_values: [8, 8, 1, 255],
    },
    {
      id: 2,
      type: 'SaveImage',
      mode: 0,
      inputs: [{ name: 'images', type: 'IMAGE', link: 1 }],
      widgets_values: ['blue'],
    },
  ],
  links: [[1, 1, 0, 2, 0, 'IMAGE']],
  version: 0.4,
}
let png: string
let webp: string

beforeAll(async () => {
  all = await temporaryFolder()
  const home = folder()
  await mkdir(home)
  const file = path.join(home, 'blue.json')
  await writeFile(file, JSON.stringify(UI))
  const { code, stdout } = await dicache(['run', file, '--home', home, '--json'])
  if (code !== 0) throw new Error(stdout)
  png = (JSON.parse(stdout) as { files: { path: string }[] }).files[0]?.path ?? ''
  webp = path.join(home, 'blue.webp')
  const { text } = parts(await dicache(['convert', png, '--to', 'api']))
  await sharp(png)
    .webp()
    .withExif({ IFD0: { Model: `prompt:${text}`, Make: `workflow:${JSON.stringify(UI)}` } })
    .toFile(webp)
})

afterAll(() => all[Symbol.asyncDispose]())

const parts = ({ stdout, stderr, code }: Awaited<ReturnType<typeof dicache>>) => ({
  text: stdout,
  stderr,
  code,
})
/** Runs with a text on stdin. */
const withInput = (args: readonly string[], input: string | Uint8Array) =>
  dicache(args, { onStart: (child) => child.stdin?.end(input) })

describe('D-21 a picture is a workflow', () => {
  it.each([
    ['PNG', () => png],
    ['WebP', () => webp],
  ])('run, validate and convert take a %s', async (_, file) => {
    const home = folder()
    const ran = await dicache(['run', file(), '--home', home, '--json'])
    expect(ran.stderr).toBe('')
    expect(JSON.parse(ran.stdout)).toMatchObject({
      status: 'finished',
      files: [{ filename: 'blue_00001_.png' }],
    })
    const checked = await dicache(['validate', file(), '--json'])
    expect(JSON.parse(checked.stdout)).toEqual({ valid: true, problems: [] })
    const { text, code } = parts(await dicache(['convert', file(), '--to', 'api']))
    expect(code).toBe(0)
    expect(promptFacts(text).get('1.color')).toBe('255')
  })

  it('D-15 what is saved with it knows names, versions and packs', async () => {
    const { text } = parts(await dicache(['convert', png, '--to', 'ui']))
    expect(JSON.parse(text)).toMatchObject({
      ...UI,
      extra: {
        dicache: {
          values: { 1: { width: 8, height: 8, batch_size: 1, color: 255 }, 2: { filename_prefix: 'blue' } },
          types: { EmptyImage: 1, SaveImage: 1 },
          packs: { '@dicache/nodes-image': expect.stringMatching(/^\d/) as string },
        },
      },
    })
  })

  it('comes over stdin, too', async () => {
    const { text, code } = parts(await withInput(['convert', '-', '--to', 'api'], await readFile(webp)))
    expect(code).toBe(0)
    expect(promptFacts(text).get('2.images')).toBe('["1",0]')
  })

  it('says what is wrong with one that carries none', async () => {
    const home = folder()
    await mkdir(home)
    const jpeg = path.join(home, 'photo.jpg')
    await sharp(png).jpeg().toFile(jpeg)
    const plain = path.join(home, 'plain.png')
    await sharp(png).png().toFile(plain)
    const cut = path.join(home, 'cut.png')
    await writeFile(cut, (await readFile(png)).subarray(0, 40))
    for (const [command, words] of [
      [['run', jpeg], 'JPEG'],
      [['validate', plain], 'carries no workflow'],
      [['convert', cut, '--to', 'api'], 'breaks off'],
    ] as const) {
      const { code, stderr } = await dicache(command)
      expect(stderr).toMatch(/^error UNSUPPORTED_FILE: /)
      expect(stderr).toContain(words)
      expect(code).toBe(2)
    }
  })
})

describe('convert', () => {
  it('D-22 opens subgraphs', async () => {
    const { text, stderr, code } = parts(await withInput(['convert', '-', '--to', 'api'], subgraphExample))
    expect([stderr, code]).toEqual(['', 0])
    const nodes = JSON.parse(text) as Record<string, { class_type: string; inputs: object }>
    expect(
      Object.fromEntries(
        Object.entries(nodes).map(([id, { class_type, inputs }]) => [id, { class_type, inputs }]),
      ),
    ).toEqual(subgraphPrompt)
  })

  it('D-19 gives a document with places for its nodes, in either direction of stdin and file', async () => {
    const { text, code } = parts(
      await dicache(['convert', fixturePath('flux_dev_example.api.json'), '--to', 'ui', '--json']),
    )
    expect(code).toBe(0)
    const parsed = parseWorkflowText(text)
    if (!parsed.ok || parsed.value.format !== 'ui') throw new Error('it is no document of the editor')
    const boxes = parsed.value.document.nodes as unknown as {
      pos: [number, number]
      size: [number, number]
    }[]
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apart = [0, 1].some(
          (axis) =>
            (a.pos[axis] ?? 0) + (a.size[axis] ?? 0) <= (b.pos[axis] ?? 0) ||
            (b.pos[axis] ?? 0) + (b.size[axis] ?? 0) <= (a.pos[axis] ?? 0),
        )
        expect(apart).toBe(true)
      }
    }
  })

  it('takes definitions of nodes that are not installed', async () => {
    const home = folder()
    await mkdir(home)
    const nodes = path.join(home, 'object_info.json')
    await writeFile(
      nodes,
      JSON.stringify({
        Mine: { input: { required: { strength: ['FLOAT', {}], mode: [['a', 'b']] } }, output: [] },
      }),
    )
    const document = JSON.stringify({ nodes: [{ id: 1, type: 'Mine', widgets_values: [2, 'b'] }], links: [] })
    const without = parts(await withInput(['convert', '-', '--to', 'api'], document))
    expect(without.stderr).toMatch(/^warning UNKNOWN_NODE_TYPE at node 1: .*2 saved values/)
    expect(without.code).toBe(0)
    const known = parts(await withInput(['convert', '-', '--to', 'api', '--nodes', nodes], document))
    expect(known.stderr).toBe('')
    expect(known.text).toContain('"strength": 2.0')
  })

  it.each<[string, readonly string[], string, RegExp]>([
    ['no format', ['convert', '-'], '{}', /BAD_REQUEST: give --to api or --to ui/],
    ['another format', ['convert', '-', '--to', 'xml'], '{}', /BAD_REQUEST: give --to/],
    ['no file', ['convert', '--to', 'api'], '', /BAD_REQUEST: give one workflow file/],
    ['a file that is not there', ['convert', 'nowhere.json', '--to', 'api'], '', /FILE_NOT_FOUND/],
    ['no JSON', ['convert', '-', '--to', 'api'], '{"nodes": [', /NOT_JSON/],
    ['no workflow', ['convert', '-', '--to', 'ui'], '[1]', /NOT_A_WORKFLOW/],
    [
      'reroutes in a circle',
      ['convert', '-', '--to', 'api'],
      JSON.stringify({
        nodes: [
          { id: 1, type: 'Reroute', inputs: [{ name: '', link: 1 }] },
          { id: 2, type: 'SaveImage', inputs: [{ name: 'images', link: 1 }] },
        ],
        links: [[1, 1, 0, 1, 0, '*']],
      }),
      /error CYCLE at node 2/,
    ],
  ])('refuses %s', async (_, args, input, words) => {
    const { text, stderr, code } = parts(await withInput(args, input))
    expect(stderr).toMatch(words)
    expect([text, code]).toEqual(['', 2])
  })
})

it('validate takes both texts of every pair, and names only what is not installed', async () => {
  const [first] = pairs
  for (const text of [first?.ui ?? '', first?.api ?? '']) {
    const { stdout } = await withInput(['validate', '-', '--json'], text)
    const { problems } = JSON.parse(stdout) as { problems: { code: string }[] }
    for (const { code } of problems)
      expect(['UNKNOWN_NODE_TYPE', 'VALUE_NOT_IN_LIST', 'NO_OUTPUTS']).toContain(code)
  }
})
