import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { NodeManifest, ParamManifest } from '@dicache/protocol'
import { paramType } from '@dicache/protocol'
import { pack as core } from '@dicache/nodes-core'
import { pack as diffusion } from '@dicache/nodes-diffusion'
import { pack as image } from '@dicache/nodes-image'
import { describe, expect, it } from 'vitest'
import { NOT_COVERED, OTHERWISE } from './comfyui-differences.ts'

/** An input of a node of ComfyUI 0.3.64, as its API declares it. */
type ComfyInput = {
  readonly name: string
  readonly type: string
  readonly optional?: true
  readonly default?: string | number | boolean
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly options?: readonly string[]
  readonly multiline?: true
  readonly control_after_generate?: true
}
type ComfyNode = {
  readonly title: string
  readonly category: string
  readonly inputs: readonly ComfyInput[]
  readonly outputs: readonly { readonly type: string; readonly name: string; readonly list?: true }[]
  readonly output?: true
}

const folder = new URL('./', import.meta.url)
const theirs = JSON.parse(await readFile(new URL('comfyui-nodes.json', folder), 'utf8')) as Record<
  string,
  ComfyNode
>
const ours = new Map(
  [core, diffusion, image].flatMap(({ manifest }) => manifest.nodes.map((node) => [node.type, node])),
)
const names = Object.keys(theirs)

/** Everything in which a node of ours differs from ComfyUI's, as sentences. */
function differences(comfy: ComfyNode, own: NodeManifest): readonly string[] {
  const found: string[] = []
  const same = (what: string, wanted: unknown, is: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(is))
      found.push(`${what}: ${JSON.stringify(wanted)} is ${JSON.stringify(is)}`)
  }
  same('title', comfy.title, own.title)
  same('category', comfy.category, own.category)
  same('output node', comfy.output ?? false, own.output)
  same(
    'outputs',
    comfy.outputs.map(({ type, list }) => [type, list ?? false]),
    own.outputs.map(({ type, list }) => [type, list ?? false]),
  )
  const named = comfy.outputs.filter(({ name, type }) => name.toUpperCase() !== type.toUpperCase())
  const ownNames = own.outputs.map(({ name }) => name)
  for (const { name } of named) if (!ownNames.includes(name)) found.push(`there is no output "${name}"`)

  const params = new Map(own.params.map((param) => [param.name, param]))
  const ports = new Map(own.inputs.map((port) => [port.name, port]))
  const widgets = comfy.inputs.filter(({ name }) => !ports.has(name)).map(({ name }) => name)
  same('order of widgets', widgets, [...params.keys()])
  for (const input of comfy.inputs) {
    const param = params.get(input.name)
    const port = ports.get(input.name)
    if (param !== undefined) found.push(...settingDifferences(input, param))
    else if (port === undefined) found.push(`there is no input "${input.name}"`)
    else {
      same(`type of ${input.name}`, input.type, port.type)
      same(`optional ${input.name}`, input.optional ?? false, port.optional ?? false)
    }
  }
  const extra = [...ports.keys(), ...params.keys()].filter(
    (name) => !comfy.inputs.some((input) => input.name === name),
  )
  for (const name of extra) found.push(`"${name}" is ours alone`)
  return found
}

function settingDifferences(input: ComfyInput, param: ParamManifest): readonly string[] {
  const found: string[] = []
  const same = (what: string, wanted: unknown, is: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(is))
      found.push(`${what} of ${input.name}: ${JSON.stringify(wanted)} is ${JSON.stringify(is)}`)
  }
  same('type', input.type, paramType(param))
  same('optional', input.optional ?? false, param.optional ?? false)
  if (input.default !== undefined) same('default', String(input.default), String(param.default))
  if (param.kind === 'int' || param.kind === 'float') {
    if (input.min !== undefined) same('min', input.min, param.min)
    if (input.max !== undefined) same('max', input.max, param.max)
    if (input.step !== undefined) same('step', input.step, param.step)
  }
  if (param.kind === 'int') same('control', input.control_after_generate, param.controlAfterGenerate)
  if (param.kind === 'text') same('multiline', input.multiline, param.multiline)
  if (param.kind === 'choice' && input.options !== undefined) same('options', input.options, param.options)
  return found
}

describe('nodes of ComfyUI', () => {
  it.each(names)('%s is here with the same face, or there is a reason', (name) => {
    const comfy = theirs[name]
    const own = ours.get(name)
    if (own === undefined || comfy === undefined) {
      expect(NOT_COVERED).toHaveProperty(name)
      return
    }
    expect(NOT_COVERED).not.toHaveProperty(name)
    const allowed = Object.keys(OTHERWISE[name] ?? {})
    const found = differences(comfy, own)
    expect(found.filter((difference) => !allowed.some((start) => difference.startsWith(start)))).toEqual([])
    // A reason that nothing needs any more must go.
    expect(allowed.filter((start) => !found.some((difference) => difference.startsWith(start)))).toEqual([])
  })

  it('reasons are given only for nodes that exist', () => {
    for (const name of [...Object.keys(NOT_COVERED), ...Object.keys(OTHERWISE)]) expect(names).toContain(name)
  })

  it('every image, mask, latent and conditioning node without a model of its own is here', () => {
    const own = /^(image|mask|latent|conditioning$|sampling|utils)/
    const needed = /MODEL|VISION|CONTROL|VIDEO|CAMERA|AUDIO/
    const missing = names.filter((name) => {
      const node = theirs[name]
      return (
        node !== undefined &&
        own.test(node.category) &&
        !ours.has(name) &&
        ![...node.inputs, ...node.outputs].some(({ type }) => needed.test(type))
      )
    })
    expect(missing).toEqual(['SaveWEBM', 'StableCascade_StageC_VAEEncode'])
  })

  it('every node has words for the editor', () => {
    const silent = [...ours.values()].flatMap(({ type, description, params }) => [
      ...(description.trim() === '' ? [type] : []),
      ...params.filter((param) => !param.description).map(({ name }) => `${type}.${name}`),
    ])
    expect(silent).toEqual([])
  })

  it('the page of what is here and what is not is up to date', async () => {
    const page = fileURLToPath(new URL('../../docs/comfyui-nodes.md', folder))
    await expect(table()).toMatchFileSnapshot(page)
  })
})

/** The page: every node of ComfyUI, whether it is here, and why not. */
function table(): string {
  const here = names.filter((name) => ours.has(name))
  const rows = names
    .filter((name) => !ours.has(name))
    .map((name) => `| \`${name}\` | ${theirs[name]?.category} | ${NOT_COVERED[name] ?? ''} |`)
  const changed = Object.entries(OTHERWISE).flatMap(([name, reasons]) =>
    Object.entries(reasons).map(([what, why]) => `| \`${name}\` | ${what} | ${why} |`),
  )
  return `# Nodes of ComfyUI

The nodes of ComfyUI 0.3.64 that this project was held against: names, inputs, defaults, ranges, outputs and categories. A test writes this page.

## Here: ${here.length}

${here.map((name) => `\`${name}\``).join(', ')}.

## Here, but different

| node | what | why |
|---|---|---|
${changed.join('\n')}

## Not here: ${rows.length}

| node | category | why |
|---|---|---|
${rows.join('\n')}
`
}
