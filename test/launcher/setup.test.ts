/** The whole set-up in a small checkout, with programs in place of npm and pnpm that log what is asked of them. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { npmCommand } from '../../scripts/setup/install-tools.mjs'
import { withNodeFirst } from '../../scripts/setup.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url))

/** Writes a line to the log, then what npm does: the wanted packages appear in node_modules. */
const NPM = `
  import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
  appendFileSync(process.env.SETUP_LOG, 'npm ' + process.argv[2] + '\\n')
  if (process.env.SETUP_FAIL === 'npm') process.exit(7)
  for (const [name, version] of Object.entries(JSON.parse(readFileSync('package.json', 'utf8')).dependencies)) {
    mkdirSync('node_modules/' + name + '/bin', { recursive: true })
    writeFileSync('node_modules/' + name + '/package.json', JSON.stringify({ name, version }))
    writeFileSync('node_modules/' + name + '/bin/pnpm.mjs', readFileSync(process.env.SETUP_PNPM))
  }`

/** Writes a line to the log, then what pnpm does; with SETUP_HANG it lasts as long as the launcher. */
const PNPM = `
  import { appendFileSync, mkdirSync } from 'node:fs'
  mkdirSync('node_modules', { recursive: true })
  appendFileSync(process.env.SETUP_LOG, 'pnpm ' + process.argv.slice(2, 4).join(' ') + ' NODE_ENV=' + process.env.NODE_ENV + '\\n')
  if (process.env.SETUP_FAIL === 'pnpm') process.exit(7)
  const launcher = process.ppid
  if (process.env.SETUP_HANG === '1') setInterval(() => process.ppid === launcher || process.exit(), 20)`

type Checkout = ReturnType<typeof createCheckout>

function createCheckout(root: string): {
  readonly start: (env?: Readonly<Record<string, string>>, task?: string) => ChildProcess
  readonly run: (
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly code: number | null; readonly stderr: string }>
  readonly log: () => readonly string[]
  readonly stamp: string
  readonly tools: string
} {
  const write = (name: string, text: string): string => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
    return path.join(root, name)
  }
  cpSync(SCRIPTS, path.join(root, 'scripts'), { recursive: true })
  write('package.json', JSON.stringify({ packageManager: 'pnpm@11.0.0' }))
  write('pnpm-lock.yaml', 'lockfileVersion: 9')
  write('pnpm-workspace.yaml', 'packages: []')
  const log = write('log.txt', '')
  const stand = {
    npm_execpath: write('stand/npm-cli.mjs', NPM),
    SETUP_PNPM: write('stand/pnpm.mjs', PNPM),
    SETUP_LOG: log,
  }
  const start = (env: Readonly<Record<string, string>> = {}, task = 'setup'): ChildProcess =>
    spawn(process.execPath, ['scripts/launch.mjs', task], {
      cwd: root,
      env: { ...process.env, ...stand, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  return {
    start,
    run: async (env) => ended(start(env)),
    log: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    stamp: path.join(root, 'node_modules/.setup-stamp'),
    tools: path.join(root, '.tools'),
  }
}

async function ended(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  let stderr = ''
  child.stdout?.resume()
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  child.on('error', reject)
  child.on('close', resolve)
  return { code: await promise, stderr }
}

/** Resolves when the log's last line begins so. */
async function logged(checkout: Checkout, root: string, start: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (): void => {
    if (checkout.log().at(-1)?.startsWith(start)) resolve()
  }
  const watcher = watch(path.join(root, 'log.txt'), look)
  look()
  await promise
  watcher.close()
}

const FIRST_RUN = ['npm install', 'pnpm install --frozen-lockfile NODE_ENV=undefined']

describe('setting up', () => {
  test('installs once, and a second start touches nothing', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    expect(await checkout.run({ NODE_ENV: 'production' })).toMatchObject({ code: 0 })
    expect(checkout.log()).toEqual(FIRST_RUN)
    expect(readdirSync(checkout.tools)).toEqual(['node_modules'])
    const before = statSync(checkout.stamp).mtimeMs
    expect(await checkout.run()).toEqual({ code: 0, stderr: '' })
    expect(checkout.log()).toEqual(FIRST_RUN)
    expect(statSync(checkout.stamp).mtimeMs).toBe(before)
  })

  test('installs the packages again, and not the tools, when the lock file changes', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    await checkout.run()
    writeFileSync(path.join(root.path, 'pnpm-lock.yaml'), 'lockfileVersion: 10')
    expect(await checkout.run()).toMatchObject({ code: 0 })
    expect(checkout.log()).toEqual([...FIRST_RUN, FIRST_RUN[1]])
    await checkout.run()
    expect(checkout.log()).toHaveLength(3)
  })

  test('replaces the tools when package.json asks for another pnpm', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    await checkout.run()
    writeFileSync(path.join(root.path, 'package.json'), JSON.stringify({ packageManager: 'pnpm@11.0.1' }))
    expect(await checkout.run()).toMatchObject({ code: 0 })
    expect(checkout.log()).toEqual([...FIRST_RUN, ...FIRST_RUN])
    expect(readFileSync(path.join(checkout.tools, 'node_modules/pnpm/package.json'), 'utf8')).toContain(
      '11.0.1',
    )
    expect(readdirSync(checkout.tools)).toEqual(['node_modules'])
  })

  test('lets pnpm write the lock file when told so, even when nothing changed', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    await checkout.run()
    expect(await checkout.run({ DICACHE_SETUP_UPDATE_LOCK: '1' })).toMatchObject({ code: 0 })
    expect(checkout.log().slice(2)).toEqual(['pnpm install --no-frozen-lockfile NODE_ENV=undefined'])
  })

  test('does the work once when several first runs start together', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    const runs = await Promise.all([checkout.run(), checkout.run(), checkout.run()])
    expect(runs.map((run) => run.code)).toEqual([0, 0, 0])
    expect(checkout.log()).toEqual(FIRST_RUN)
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)('recovers from a first run that %s ended', async (signal) => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    const child = checkout.start({ SETUP_HANG: '1' })
    const end = ended(child)
    await logged(checkout, root.path, 'pnpm')
    child.kill(signal)
    const cancelled = { code: 130, stderr: expect.stringContaining('setup: cancelled') }
    expect(await end).toMatchObject(signal === 'SIGTERM' ? cancelled : { code: null })
    expect(existsSync(checkout.stamp)).toBe(false)
    expect(await checkout.run()).toMatchObject({ code: 0 })
    expect(checkout.log()).toEqual([...FIRST_RUN, FIRST_RUN[1]])
  })

  test.each([
    ['npm', /setup: "npm install" ended with 7; .*registry reachable/],
    ['pnpm', /setup: "pnpm install" ended with 7; .*DICACHE_SETUP_UPDATE_LOCK=1/],
  ])('says what to do when %s fails, and tries again the next time', async (tool, message) => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    expect(await checkout.run({ SETUP_FAIL: tool })).toEqual({
      code: 1,
      stderr: expect.stringMatching(message),
    })
    expect(readdirSync(checkout.tools).filter((name) => name !== 'node_modules')).toEqual([])
    expect(await checkout.run()).toMatchObject({ code: 0 })
  })

  test('ends as a failed test run when it was set up for one', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    const child = checkout.start({ SETUP_FAIL: 'npm' }, 'test')
    let stdout = ''
    child.stdout?.on('data', (chunk) => (stdout += String(chunk)))
    expect(await ended(child)).toMatchObject({ code: 1 })
    expect(stdout).toBe('0 passed, 1 failed\n')
  })

  test('forgets the old installation before it starts a new one', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    await checkout.run()
    writeFileSync(path.join(root.path, 'pnpm-lock.yaml'), 'changed')
    await checkout.run({ SETUP_FAIL: 'pnpm' })
    writeFileSync(path.join(root.path, 'pnpm-lock.yaml'), 'lockfileVersion: 9') // as it was when it was installed
    await checkout.run()
    expect(checkout.log()).toHaveLength(4)
  })

  test('says which file is missing', async () => {
    using root = temporaryFolder()
    const checkout = createCheckout(root.path)
    writeFileSync(path.join(root.path, 'package.json'), '{}')
    expect(await checkout.run()).toEqual({ code: 1, stderr: expect.stringContaining('no "packageManager"') })
  })
})

describe('withNodeFirst', () => {
  test('puts the folder first, under the name that the variable has', () => {
    expect(withNodeFirst({ PATH: 'a', B: 'c' }, 'node')).toEqual({ PATH: `node${path.delimiter}a`, B: 'c' })
    expect(withNodeFirst({ Path: 'a' }, 'node')).toEqual({ Path: `node${path.delimiter}a` })
    expect(withNodeFirst({}, 'node')).toEqual({ PATH: 'node' })
  })
})

describe('npmCommand', () => {
  test('runs the npm that runs us, without a shell', () => {
    const env = { npm_execpath: 'C:\\nodejs\\node_modules\\npm\\bin\\npm-cli.js' }
    expect(npmCommand(env, 'win32')).toEqual({
      command: process.execPath,
      args: [env.npm_execpath],
      shell: false,
    })
  })

  test.each([{}, { npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs' }])(
    'looks npm up where another tool runs us',
    (env) => {
      expect(npmCommand(env, 'linux')).toEqual({ command: 'npm', args: [], shell: false })
      expect(npmCommand(env, 'win32')).toEqual({ command: 'npm', args: [], shell: true })
    },
  )
})
