import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost } from '@dicache/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Command } from '../command.ts'
import type { Terminal } from '../terminal.ts'
import { command as compare } from './compare.ts'
import { command as run } from './run.ts'

const WORKFLOW = fileURLToPath(new URL('../../../../workflows/emoji-flux-dicache.json', import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'dicache-compare-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Ran = { readonly exitCode: number; readonly result: unknown }

async function call(command: Command, args: readonly string[]): Promise<Ran> {
  const results: unknown[] = []
  const quiet = (): void => undefined
  const terminal: Terminal = {
    json: true,
    line: quiet,
    note: quiet,
    progress: quiet,
    error: quiet,
    end: quiet,
    result: (value) => results.push(value),
  }
  const signal = new AbortController().signal
  const exitCode = await command.run({ args: [...args, '--home', folder], terminal, signal, env: {} })
  return { exitCode, result: results.at(-1) }
}

describe('dicache compare', () => {
  const few = ['--set', 'steps=6', '--set', '5.start=2', '--runs', '1']

  it('holds thresholds and fewer steps against the uncached run, and writes one page', async () => {
    const out = path.join(folder, 'pages', 'page.html')
    const { exitCode, result } = await call(compare, [
      WORKFLOW,
      ...few,
      '--thresholds',
      '0,5',
      '--steps',
      '3',
      '--policy',
      'ProbeConfig: threshold=5; alignment=zero-order; start=2',
      '--out',
      out,
    ])
    expect(exitCode).toBe(0)
    expect(result).toMatchObject({
      file: out,
      comparison: {
        baseline: { name: 'uncached', report: { totals: { computed: 12, reused: 0 } } },
        variants: [
          { name: 'DiCache, δ 0', psnr: 'Infinity', ssim: expect.closeTo(1, 9), stepRatio: 1 },
          { name: 'DiCache, δ 5', series: 'DiCache', stepRatio: 2, report: { totals: { reused: 6 } } },
          { name: 'fewer steps: 3', stepRatio: 2, report: { steps: 3 } },
          {
            name: 'DiCache, alignment zero-order, start 2, δ 5',
            series: 'DiCache, alignment zero-order, start 2',
            stepRatio: 2,
            report: { policy: { alignment: 'zero-order' } },
          },
        ],
      },
    })
    const page = await readFile(out, 'utf8')
    expect(page).toContain('DiCache, δ 5')
    expect(page).toContain('a fox, 3d style')
    expect(await readdir(path.dirname(out))).toEqual(['page.html'])
    // What is known of weight files is kept for later; pictures are not.
    expect((await readdir(folder)).filter((name) => name !== 'cache')).toEqual(['pages'])
  })

  it('refuses a workflow that shows no picture, and settings that it does not know', async () => {
    const bare = path.join(folder, 'bare.json')
    await writeFile(bare, JSON.stringify({ 1: { class_type: 'LoadModel', inputs: { model: 'emoji' } } }))
    await expect(call(compare, [bare])).rejects.toThrow('shows no picture')
    const unknown = call(compare, [WORKFLOW, ...few, '--set', 'nothing=1'])
    await expect(unknown).rejects.toMatchObject({ exitCode: 2 })
    const policies = ['KSampler', 'ProbeConfig: speed=2', 'ProbeConfig: threshold=fast']
    for (const policy of policies)
      await expect(call(compare, [WORKFLOW, ...few, '--policy', policy])).rejects.toMatchObject({
        exitCode: 2,
      })
  })
})

describe('nodes of reports in a workflow', () => {
  it('DiCacheReport draws the sampler’s report, CompareImages measures cached against uncached', async () => {
    const host = await createHost({ home: folder })
    /** A node with the defaults of its settings, as the editor would write it. */
    const node = (type: string, inputs: object): object => ({
      class_type: type,
      inputs: {
        ...Object.fromEntries(
          (host.registry.get(type)?.manifest.params ?? []).map((param) => [param.name, param.default]),
        ),
        ...inputs,
      },
    })
    const sampler = (probe: string): object =>
      node('DiCacheSampler', {
        model: ['1', 0],
        positive: ['2', 0],
        negative: ['2', 0],
        latent: ['3', 0],
        probe: [probe, 0],
        seed: 1,
        steps: 6,
        cfg: 1,
      })
    const file = path.join(folder, 'report.json')
    await writeFile(
      file,
      JSON.stringify({
        1: node('LoadModel', {}),
        2: node('CLIPTextEncode', { clip: ['1', 1], text: 'a fox' }),
        3: node('EmptyLatentImage', { width: 128, height: 128 }),
        exact: node('ProbeConfig', { threshold: 0, start: 2 }),
        loose: node('ProbeConfig', { threshold: 5, start: 2 }),
        4: sampler('exact'),
        5: sampler('loose'),
        6: node('Decode', { vae: ['1', 2], latent: ['4', 0] }),
        7: node('Decode', { vae: ['1', 2], latent: ['5', 0] }),
        8: node('CompareImages', { reference: ['6', 0], image: ['7', 0] }),
        9: node('SaveImage', { images: ['8', 2], filename_prefix: 'compared' }),
        10: node('DiCacheReport', { report: ['5', 1], format: 'png' }),
        11: node('SaveImage', { images: ['10', 0], filename_prefix: 'chart' }),
      }),
    )
    await host.dispose()
    const { exitCode, result } = await call(run, [file])
    expect(exitCode).toBe(0)
    const { files } = result as {
      readonly files: readonly { readonly filename: string; readonly path: string }[]
    }
    expect(files.map(({ filename }) => filename).toSorted()).toEqual([
      'chart_00001_.png',
      'compared_00001_.png',
      'report_00001_.png',
    ])
    const size = async (name: string): Promise<readonly number[]> => {
      const bytes = await readFile(files.find(({ filename }) => filename === name)?.path ?? '')
      return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
    }
    expect(await size('compared_00001_.png')).toEqual([384, 128])
    expect(await size('chart_00001_.png')).toEqual(await size('report_00001_.png'))
  })
})
