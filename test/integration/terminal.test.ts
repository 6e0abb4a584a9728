/** The terminal as a user meets it: what it prints where, its exit codes, its files. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DICACHE, dicache, ROOT, runProcess, WORKFLOW } from './terminal.ts'

const QUICK = ['--set', 'steps=3', '--set', 'cfg=1']
let home: string

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-terminal-'))
})

afterAll(() => rm(home, { recursive: true, force: true }))

const here = (): readonly string[] => ['--home', home]

type RunJson = {
  readonly status: string
  readonly files: readonly { readonly path: string }[]
  readonly reports: readonly { readonly name: string }[]
}

describe('run', () => {
  it('prints one JSON document on stdout, progress on stderr, and writes the picture with its workflow', async () => {
    const out = path.join(home, 'pictures')
    const { code, stdout, stderr } = await dicache([
      'run',
      WORKFLOW,
      ...QUICK,
      '--set',
      'prompt=blue heart, flat',
      '--out',
      out,
      '--json',
      ...here(),
    ])
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as RunJson
    expect(result.status).toBe('finished')
    expect(result.reports.map(({ name }) => name)).toContain('sampling-report')
    expect(stderr).toMatch(/DiCacheSampler: 3\/3/)
    const [file] = result.files
    expect(file?.path).toBe(path.join(out, 'emoji_00001_.png'))
    const bytes = await readFile(file?.path ?? '')
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 128, height: 128, channels: 3 })
    expect(bytes.toString('latin1')).toContain('blue heart, flat')
  })

  it('takes settings by name, by node and by title, and says what is wrong with one', async () => {
    const good = await dicache([
      'run',
      WORKFLOW,
      ...QUICK,
      '--set',
      'Prompt.text=a fox',
      '--set',
      '6.seed=18446744073709551615',
      '--json',
      ...here(),
    ])
    expect(good.code).toBe(0)
    const bad = await dicache([
      'run',
      WORKFLOW,
      '--set',
      'stepz=3',
      '--set',
      'steps=many',
      '--json',
      ...here(),
    ])
    expect(bad.code).toBe(2)
    expect(JSON.parse(bad.stdout)).toMatchObject({
      error: { code: expect.stringMatching(/SETTING/) as string },
    })
    expect(bad.stderr).toContain('steps')
  })

  it.each<[string, number, string, readonly string[]]>([
    ['a file that is not there', 2, 'FILE_NOT_FOUND', ['run', '/nowhere/workflow.json']],
    ['a folder for a file', 2, 'UNSUPPORTED_FILE', ['run', ROOT]],
    ['no file', 2, 'BAD_REQUEST', ['run']],
    ['an unknown option', 2, 'BAD_REQUEST', ['run', WORKFLOW, '--sets', 'x']],
    ['an unknown command', 2, 'BAD_REQUEST', ['rum', WORKFLOW]],
    ['an unknown device', 2, 'BAD_REQUEST', ['run', WORKFLOW, '--device', 'tpu']],
    ['CUDA where there is none', 1, 'DEVICE_UNAVAILABLE', ['run', WORKFLOW, '--device', 'cuda']],
  ])('ends with its own code for %s', async (_, exit, code, args) => {
    const { code: ended, stdout } = await dicache([...args, '--json', ...here()])
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
    expect([ended, error.code]).toEqual([exit, code])
    expect(error.message).not.toMatch(/ {4}at |\n/)
  })

  it('ends with 130 when it is interrupted, and leaves no half file', async () => {
    const out = path.join(home, 'interrupted')
    const [command = '', ...args] = DICACHE
    const child = execFile(command, [
      ...args,
      'run',
      WORKFLOW,
      '--set',
      'steps=2000',
      '--out',
      out,
      ...here(),
    ])
    let text = ''
    child.stderr?.on('data', (chunk: string) => {
      text += chunk
      if (text.includes('DiCacheSampler:')) child.kill('SIGINT')
    })
    const code = await new Promise((resolve) => {
      child.on('exit', resolve)
    })
    expect(code).toBe(130)
    expect(await readdir(out).catch(() => [])).toEqual([])
  })
})

describe('a place that cannot be written', () => {
  it('is OUTPUT_NOT_WRITABLE, with the folder', async () => {
    const file = path.join(home, 'a-file')
    await writeFile(file, '')
    const { code, stdout } = await dicache([
      'run',
      WORKFLOW,
      ...QUICK,
      '--out',
      path.join(file, 'below'),
      '--json',
      ...here(),
    ])
    expect(code).toBe(1)
    const { error } = JSON.parse(stdout) as { error: { message: string } }
    expect(JSON.stringify(error)).toContain('a-file')
    expect(stdout).toContain('OUTPUT_NOT_WRITABLE')
  })

  it('is DISK_FULL on a disk of 8 kB, and nothing half-written stays there', async () => {
    const disk = path.join(home, 'disk')
    await mkdir(disk)
    const words = [...DICACHE, 'run', WORKFLOW, ...QUICK, '--out', disk, '--json', ...here()]
    const script = `mount -t tmpfs -o size=8k tmpfs "$1" && disk=$1 && shift && "$@"; code=$?; ls -A "$disk" >&2; exit $code`
    const { code, stdout, stderr } = await runProcess('unshare', [
      '-rm',
      'sh',
      '-c',
      script,
      'sh',
      disk,
      ...words,
    ])
    expect(stdout).toContain('DISK_FULL')
    expect(code).toBe(1)
    expect(stderr).not.toContain('.png')
    expect(stderr).not.toContain('partial')
  })
})

describe('other commands', () => {
  it('validate says what is wrong and ends with 2, or that it can run', async () => {
    expect((await dicache(['validate', WORKFLOW, ...here()])).code).toBe(0)
    const bad = path.join(home, 'bad.json')
    await writeFile(bad, JSON.stringify({ a: { class_type: 'Nothing', inputs: {} } }))
    const { code, stdout } = await dicache(['validate', bad, ...here()])
    expect(code).toBe(2)
    expect(stdout).toContain('UNKNOWN_NODE_TYPE')
  })

  it('nodes lists types and describes one', async () => {
    expect((await dicache(['nodes', ...here()])).stdout).toContain('DiCacheSampler')
    const { stdout } = await dicache(['nodes', 'ProbeConfig', '--json', ...here()])
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'ProbeConfig',
      params: expect.arrayContaining([expect.objectContaining({ name: 'threshold' })]) as unknown,
    })
    expect((await dicache(['nodes', 'Nope', ...here()])).code).toBe(2)
  })

  it.each([
    ['flux-emoji.safetensors', 'flux'],
    ['t5-emoji.safetensors', 't5'],
    ['clip-emoji.safetensors', 'clip'],
    ['ae-emoji.safetensors', 'autoencoder'],
  ])('models says that %s is %s', async (name, kind) => {
    const { stdout } = await dicache(['models', `${ROOT}packages/emoji-model/model/${name}`, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ kind })
  })

  it('graph writes the three parts beside the weights', async () => {
    const out = path.join(home, 'graphs')
    const { code } = await dicache([
      'graph',
      `${ROOT}packages/emoji-model/model/flux-emoji.safetensors`,
      '--depth',
      '2',
      '--out',
      out,
    ])
    expect(code).toBe(0)
    expect((await readdir(out)).toSorted()).toEqual([
      'deep.onnx',
      'flux-emoji.safetensors',
      'probe.onnx',
      'reuse.onnx',
    ])
    const deep = await dicache([
      'graph',
      `${ROOT}packages/emoji-model/model/flux-emoji.safetensors`,
      '--depth',
      '99',
      '--out',
      out,
    ])
    expect(deep.code).not.toBe(0)
  })

  it('verify passes a good case, fails a changed one, and never passes an unknown kind', async () => {
    const cases = path.join(home, 'cases')
    const { cp } = await import('node:fs/promises')
    await cp(`${ROOT}test/golden/fixtures/image-uint8`, path.join(cases, 'good'), { recursive: true })
    expect((await dicache(['verify', cases])).code).toBe(0)
    await mkdir(path.join(cases, 'odd'))
    await writeFile(path.join(cases, 'odd', 'case.json'), JSON.stringify({ kind: 'tea-leaves' }))
    const odd = await dicache(['verify', cases])
    expect(odd.code).toBe(0)
    expect(odd.stdout).toMatch(/1 passed, .*0 failed, 1 not covered/)
    await cp(`${ROOT}test/golden/fixtures/t5`, path.join(cases, 'changed'), { recursive: true })
    const file = path.join(cases, 'changed', 'tensors.safetensors')
    const bytes = await readFile(file)
    bytes.writeFloatLE(99, bytes.length - 4)
    await writeFile(file, bytes)
    const failed = await dicache(['verify', cases])
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/FAIL changed/)
  })
})
