/** The terminal as a user meets it: what it prints where, its exit codes, its files. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DICACHE, dicache, type Finished, ROOT, runProcess, WORKFLOW } from './terminal.ts'

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
  ])('ends with its own code for %s', async (_, exit, code, args) => {
    const { code: ended, stdout } = await dicache([...args, '--json', ...here()])
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
    expect([ended, error.code]).toEqual([exit, code])
    expect(error.message).not.toMatch(/ {4}at |\n/)
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
    const words = [...DICACHE, 'run', WORKFLOW, ...QUICK, '--out', disk, ...here()]
    const mounted = await onSmallDisk(disk, words)
    if (mounted !== undefined) {
      expect(mounted.stderr).toMatch(/^error DISK_FULL: .*the disk of .* is full: free some space/m)
      expect(mounted.code).toBe(1)
      expect(mounted.stdout).toContain('left on the disk: 0')
      return
    }
    // Where nothing may be mounted, a limit on the size of files stops the writing midway.
    const script =
      'trap "" XFSZ; ulimit -f 8; "$@"; code=$?; echo "left on the disk: $(ls -A "$disk" | wc -l)"; exit $code'
    const limited = await runProcess('bash', ['-c', script, 'bash', ...words], {
      env: { ...process.env, disk },
    })
    expect(limited.stderr).toMatch(/^error OUTPUT_NOT_WRITABLE: .*the file is larger than allowed/m)
    expect(limited.code).toBe(1)
    expect(limited.stdout).toContain('left on the disk: 0')
  })
})

/** Runs words with a disk of 8 kB mounted at `disk`, as root or in a namespace of its own; undefined where neither is allowed. */
async function onSmallDisk(disk: string, words: readonly string[]): Promise<Finished | undefined> {
  const mount = 'mount -t tmpfs -o size=8k tmpfs "$disk"'
  const run = '"$@"; code=$?; echo "left on the disk: $(ls -A "$disk" | wc -l)"'
  const env = { ...process.env, disk }
  const inNamespace = ['-rm', 'sh', '-c']
  if ((await runProcess('unshare', [...inNamespace, mount], { env })).code === 0)
    return runProcess('unshare', [...inNamespace, `${mount}; ${run}; exit $code`, 'sh', ...words], { env })
  if ((await runProcess('sh', ['-c', mount], { env })).code !== 0) return undefined
  return runProcess('sh', ['-c', `${run}; umount "$disk"; exit $code`, 'sh', ...words], { env })
}

describe('other commands', () => {
  it('validate says what is wrong and ends with 2, or that it can run', async () => {
    expect((await dicache(['validate', WORKFLOW, ...here()])).code).toBe(0)
    const bad = path.join(home, 'bad.json')
    await writeFile(bad, JSON.stringify({ a: { class_type: 'Nothing', inputs: {} } }))
    const { code, stdout } = await dicache(['validate', bad, ...here()])
    expect(code).toBe(2)
    expect(stdout).toContain('UNKNOWN_NODE_TYPE')
  })

  it('nodes lists types with their first sentence, and describes one', async () => {
    const { stdout: list } = await dicache(['nodes', ...here()])
    expect(list).toMatch(
      /^ {2}FluxGuidance +The distilled guidance scale of models that embed one \(FLUX\.1 dev: 3\.5\)\.$/m,
    )
    expect(list).toMatch(/^ {2}DiCacheSampler +Denoises a latent,.* \(DiCache, arXiv 2508\.17356\)\.$/m)
    expect(list).toMatch(/^ {2}LoadModel +Opens a .* text encoders and autoencoder\.$/m)
    const { stdout } = await dicache(['nodes', 'ProbeConfig', '--json', ...here()])
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'ProbeConfig',
      params: expect.arrayContaining([expect.objectContaining({ name: 'threshold' })]) as unknown,
    })
    expect((await dicache(['nodes', 'Nope', ...here()])).code).toBe(2)
  })

  it.each([
    [
      'packages/emoji-model/model/flux-emoji',
      'flux',
      /3 double \+ 12 single blocks of 256, .*\(schnell\), BFL keys/,
    ],
    ['packages/emoji-model/model/t5-emoji', 't5', /2 blocks of 128, .*1024 pieces/],
    ['packages/emoji-model/model/clip-emoji', 'clip', /2 layers of 128, .*quick_gelu/],
    ['packages/emoji-model/model/ae-emoji', 'autoencoder', /3 channels ↔ 16 at 1\/8/],
    [
      'test/golden/fixtures/flux-dev/weights.diffusers',
      'flux',
      /\(dev\), diffusers keys; 0\.8 M parameters, F32/,
    ],
    ['test/golden/fixtures/flux-schnell/weights.fp8_e4m3fn', 'flux', /F8_E4M3/],
    ['test/golden/fixtures/flux-dev/tensors', 'unknown', /img\.block0 F32 \[1, 15, 64\]/],
  ])('models says that %s is %s', async (name, kind, says) => {
    const { code, stdout } = await dicache(['models', `${ROOT}${name}.safetensors`, '--json'])
    expect(code).toBe(0)
    const found = JSON.parse(stdout) as { kind: string; description: string }
    expect(found.kind).toBe(kind)
    expect(found.description).toMatch(says)
  })

  it('models lists the files that loaders find, the bundled ones first', async () => {
    const folder = path.join(home, 'more-models')
    await mkdir(path.join(folder, 'vae', 'own'), { recursive: true })
    await writeFile(path.join(folder, 'vae', 'own', 'ae.safetensors'), 'x'.repeat(200_000))
    const { stdout } = await dicache(['models', '--models', folder, ...here()])
    expect(stdout).toMatch(/^diffusion_models +emoji +38\.7 MB$/m)
    expect(stdout).toMatch(/^vae +emoji-ae +5\.7 MB\nvae +own\/ae\.safetensors +0\.2 MB$/m)
  })

  it('run --inputs lists the named inputs with type, value and default, and runs nothing', async () => {
    const { code, stdout } = await dicache(['run', WORKFLOW, '--inputs', ...here()])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^prompt +STRING +"a fox, 3d style" +\(Prompt\.text, default ""\)$/m)
    expect(stdout).toMatch(/^steps +INT +20 +\(.*\.steps, default 20\)$/m)
    expect(stdout).toMatch(/^threshold +FLOAT +0\.\d+ /m)
  })

  it('bench graphs prints its measurement as JSON', async () => {
    const { code, stdout } = await dicache(['bench', 'graphs', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ blocks: 57, medianMs: expect.any(Number) as number })
  })

  it('verify passes a good case, fails a changed one, and never passes an unknown kind', async () => {
    const cases = path.join(home, 'cases')
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
