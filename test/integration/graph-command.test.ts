/** `dicache graph`: what it writes can be opened and run by ONNX Runtime from the files alone. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { dicache, MODEL_FOLDER, ROOT, runProcess } from './terminal.ts'
import { fileOf, floats, tinyFlux } from './weight-files.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await temporaryFolder()
  await writeFile(folder.at('tiny.safetensors'), fileOf(tinyFlux()))
  await writeFile(folder.at('odd.safetensors'), fileOf({ odd: floats([1], () => 0) }))
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Opens each model by its path, as any tool would, without a line of this project's code. */
const OPEN = `
const { createRequire } = require('node:module')
const ort = createRequire(process.argv[1])('onnxruntime-node')
;(async () => {
  const found = {}
  for (const file of process.argv.slice(2)) {
    const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 })
    found[require('node:path').basename(file)] = { inputs: session.inputNames, outputs: session.outputNames }
  }
  console.log(JSON.stringify(found))
})()`

async function openAll(out: string): Promise<Record<string, { inputs: string[]; outputs: string[] }>> {
  const graphs = (await readdir(out))
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => path.join(out, name))
  const runtime = path.join(ROOT, 'packages/runtime/package.json')
  const { code, stdout, stderr } = await runProcess(process.execPath, ['-e', OPEN, runtime, ...graphs])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Record<string, { inputs: string[]; outputs: string[] }>
}

describe('graph', () => {
  it('writes a transformer in its parts beside its weights', async () => {
    const out = folder.at('flux')
    const { code, stdout } = await dicache(['graph', folder.at('tiny.safetensors'), '--out', out, '--json'])
    expect(code).toBe(0)
    expect((await readdir(out)).toSorted()).toEqual([
      'deep.onnx',
      'embed.onnx',
      'probe.onnx',
      'reuse.onnx',
      'tiny.safetensors',
    ])
    const { graphs } = JSON.parse(stdout) as { graphs: { file: string; bytes: number }[] }
    for (const { file, bytes } of graphs) expect((await stat(file)).size).toBe(bytes)
    const opened = await openAll(out)
    expect(opened['embed.onnx']?.inputs).toEqual(expect.arrayContaining(['timestep', 'context', 'pooled']))
    expect(opened['probe.onnx']?.inputs).toEqual(
      expect.arrayContaining(['x', 'txt', 'double_blocks.0.img_mod']),
    )
    expect(opened['probe.onnx']?.outputs).toEqual(expect.arrayContaining(['h0', 'hm', 'ctx']))
    expect(opened['deep.onnx']?.outputs).toEqual(expect.arrayContaining(['residual', 'out']))
    expect(opened['reuse.onnx']?.outputs).toEqual(expect.arrayContaining(['out', 'gamma']))
  })

  it.each([
    ['t5-emoji.safetensors', ['t5.onnx']],
    ['clip-emoji.safetensors', ['clip.onnx']],
    ['ae-emoji.safetensors', ['decoder.onnx', 'encoder.onnx']],
  ])('writes %s as %j', async (name, graphs) => {
    const out = folder.at(name)
    expect((await dicache(['graph', path.join(MODEL_FOLDER, name), '--out', out])).code).toBe(0)
    expect((await readdir(out)).toSorted()).toEqual([...graphs, name].toSorted())
    expect(Object.keys(await openAll(out)).toSorted()).toEqual(graphs)
  })

  it('replaces the weights of an earlier call that have the same name', async () => {
    const out = folder.at('again')
    await mkdir(out)
    await writeFile(path.join(out, 'tiny.safetensors'), 'other weights')
    expect((await dicache(['graph', folder.at('tiny.safetensors'), '--out', out])).code).toBe(0)
    expect(Object.keys(await openAll(out))).toHaveLength(4)
  })

  it.each([
    [
      'a depth beyond the model',
      ['tiny.safetensors', '--depth', '2'],
      'VALUE_OUT_OF_RANGE',
      /the model has 2; give a --depth from 0 to 1/,
    ],
    ['a depth that is none', ['tiny.safetensors', '--depth', '-1'], 'BAD_REQUEST', /--depth/],
    ['an unknown family', ['odd.safetensors'], 'UNKNOWN_FAMILY', /Seen: 1 tensors: odd F32 \[1\]/],
    [
      'a file that is not there',
      ['gone.safetensors'],
      'FILE_NOT_FOUND',
      /gone\.safetensors: there is no such file/,
    ],
  ])('refuses %s, and writes nothing', async (_, [file = '', ...words], code, says) => {
    const out = folder.at('refused')
    const end = await dicache(['graph', folder.at(file), ...words, '--out', out])
    expect(end.code).toBe(2)
    expect(end.stderr).toMatch(new RegExp(`^error ${code}: [^\\n]*\\n$`))
    expect(end.stderr).toMatch(says)
    expect(await readdir(out).catch(() => 'no folder')).toBe('no folder')
  })

  it('says so when it cannot write', async () => {
    const end = await dicache([
      'graph',
      folder.at('tiny.safetensors'),
      '--out',
      folder.at('odd.safetensors', 'x'),
    ])
    expect(end.code).toBe(1)
    expect(end.stderr).toMatch(
      /^error OUTPUT_NOT_WRITABLE: cannot write into .*a part of the path is a file.*\n$/,
    )
  })
})
