/** What a run needs and does not find: each has its code, and the message says what to install or where to put it. */
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { dicache, MODEL_FOLDER, ROOT, WORKFLOW } from './terminal.ts'

let home: TemporaryFolder
beforeAll(async () => {
  home = await temporaryFolder()
  const place = async (file: string, ...to: string[]): Promise<void> => {
    await mkdir(path.dirname(home.at('models', ...to)), { recursive: true })
    await copyFile(path.join(MODEL_FOLDER, file), home.at('models', ...to))
  }
  await place('t5-emoji.safetensors', 'text_encoders', 'bare', 't5.safetensors')
  await place('clip-emoji.safetensors', 'text_encoders', 'odd', 'clip.safetensors')
  await writeFile(home.at('models', 'text_encoders', 'odd', 'tokenizer.json'), '{"version": "1.0"}')
  await place('clip-emoji.safetensors', 'text_encoders', 'torn', 'clip.safetensors')
  await writeFile(home.at('models', 'text_encoders', 'torn', 'tokenizer.json'), '{"version": ')
  const narrow = path.join(ROOT, 'test/golden/fixtures/t5/weights.safetensors')
  await mkdir(home.at('models', 'text_encoders', 'narrow'), { recursive: true })
  await copyFile(narrow, home.at('models', 'text_encoders', 'narrow', 't5.safetensors'))
})
afterAll(() => home[Symbol.asyncDispose]())

const run = (...settings: string[]) =>
  dicache([
    'run',
    WORKFLOW,
    '--home',
    home.path,
    ...['steps=1', ...settings].flatMap((setting) => ['--set', setting]),
  ])

describe('run', () => {
  it.each<[string, string, number, RegExp, readonly string[]]>([
    [
      'a model that is not there',
      'VALUE_NOT_IN_LIST',
      2,
      /"flux1-dev\.sft", and the folder "models\/diffusion_models" has no such file\..*"emoji"/,
      ['1.model=flux1-dev.sft'],
    ],
    [
      'a text encoder without a tokenizer',
      'MISSING_TOKENIZER',
      2,
      /t5\.safetensors has no tokenizer: put its tokenizer\.json beside it/,
      ['1.t5=bare/t5.safetensors'],
    ],
    [
      'a tokenizer that is none',
      'BAD_TOKENIZER',
      2,
      /odd.tokenizer\.json cannot be used/,
      ['1.clip=odd/clip.safetensors'],
    ],
    [
      'a tokenizer that is no JSON',
      'BAD_TOKENIZER',
      2,
      /torn.tokenizer\.json cannot be used: .*JSON/,
      ['1.clip=torn/clip.safetensors'],
    ],
    [
      'a companion of another width',
      'MODEL_MISMATCH',
      2,
      /narrow.t5\.safetensors has a hidden size of \d+, but flux-emoji\.safetensors takes a hidden size of \d+; choose/,
      ['1.t5=narrow/t5.safetensors'],
    ],
    [
      'another kind of companion',
      'UNKNOWN_FAMILY',
      2,
      /is a clip file; a T5 text encoder is needed/,
      ['1.t5=odd/clip.safetensors'],
    ],
    [
      'a name outside the folder',
      'VALUE_NOT_IN_LIST',
      2,
      /has no such file/,
      ['1.model=../../../secret.safetensors'],
    ],
  ])('says of %s: %s', async (_, code, exit, says, settings) => {
    const end = await run(...settings)
    const lines = end.stderr.split('\n').filter((line) => line.startsWith('error '))
    // Both prompts may need what is missing.
    expect(lines.length, end.stderr).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line).toMatch(new RegExp(`^error ${code}\\b`))
      expect(line).toMatch(says)
    }
    expect(end.code).toBe(exit)
  })

  it.each([
    ['cuda', /^error DEVICE_UNAVAILABLE: device cuda is not available here: install the NVIDIA driver, CUDA/],
    [
      'webgpu',
      /^error DEVICE_UNAVAILABLE: device webgpu is not available here: a GPU with a .* driver is needed/,
    ],
  ])('on a machine without %s fails and says what to do, and does not fall back', async (device, says) => {
    const end = await dicache(['run', WORKFLOW, '--set', 'steps=1', '--device', device, '--home', home.path])
    if (end.code === 0) {
      // The machine has one: then it must have been used.
      expect(end.stderr).toContain(`device: ${device}`)
      return
    }
    expect(end.code).toBe(1)
    const lines = end.stderr.split('\n').filter((line) => line.startsWith('error '))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(says)
  })

  it('works with a home that does not exist, and makes no more of it than it needs', async () => {
    const fresh = home.at('not', 'there', 'yet')
    const { code, stdout } = await dicache([
      'run',
      WORKFLOW,
      '--set',
      'steps=1',
      '--set',
      'cfg=1',
      '--home',
      fresh,
    ])
    expect(code).toBe(0)
    expect(stdout).toContain(path.join(fresh, 'output', 'emoji_00001_.png'))
    expect((await readdir(fresh)).toSorted()).toEqual(['cache', 'output'])
  })
})

describe('the options', () => {
  it.each([
    ['--models', 'nowhere', 'FILE_NOT_FOUND', /--models: there is no folder .*nowhere/],
    ['--threads', 'many', 'BAD_REQUEST', /--threads takes a whole number/],
    ['--device', 'tpu', 'BAD_REQUEST', /choose one of auto, cpu, cuda, webgpu/],
  ])('%s %s is refused', async (option, value, code, says) => {
    const end = await dicache(['models', option, value])
    expect(end.code).toBe(2)
    expect(end.stderr).toMatch(new RegExp(`^error ${code}: [^\\n]*\\n$`))
    expect(end.stderr).toMatch(says)
  })
})
