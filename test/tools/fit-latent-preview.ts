/**
 * Fits the linear map from latents to colours that previews use, by least squares over pictures of the bundled model:
 * `node test/tools/fit-latent-preview.ts` writes packages/emoji-model/model/flux-emoji.preview.json.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import { addPicture, noSums, solveMap } from '@dicache/nodes-diffusion'
import type { FloatTensor } from '@dicache/tensor'
import { runGraph, samplerGraph, testHome } from '../integration/run-graph.ts'

const SUBJECTS = [
  'fox',
  'red heart',
  'green tree',
  'house',
  'yellow car',
  'blue fish',
  'pizza',
  'crying face',
]
const STYLES = ['3d style', 'flat style', 'high contrast']
const TARGET = new URL('../../packages/emoji-model/model/flux-emoji.preview.json', import.meta.url)

const home = await mkdtemp(path.join(tmpdir(), 'dicache-fit-'))
const host = await testHome(home)
try {
  let sums = noSums(16)
  for (const [index, prompt] of SUBJECTS.flatMap((a) => STYLES.map((b) => `a ${a}, ${b}`)).entries()) {
    const { latent, image } = await draw(host, prompt, index)
    sums = addPicture(sums, latent, image) ?? sums
    console.error(`${index + 1} ${prompt}`)
  }
  const solved = solveMap(sums)
  if (solved === undefined) throw new Error('the pictures determine no map')
  const round = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(5)))
  const map = { factors: solved.factors.map(round), bias: round(solved.bias) }
  await writeFile(
    TARGET,
    `${JSON.stringify(map).replaceAll('],[', '],\n  [').replace('{"factors":[[', '{"factors":[\n  [')}\n`,
  )
} finally {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
}

async function draw(
  on: Host,
  prompt: string,
  seed: number,
): Promise<{ readonly latent: FloatTensor; readonly image: FloatTensor }> {
  const run = await runGraph(on, samplerGraph({ prompts: [prompt, ''], seed, steps: 20, cfg: 3 }), {
    targets: ['sampler', 'decode'],
  })
  const { samples } = run.value('sampler') as { readonly samples: FloatTensor }
  return { latent: samples, image: run.value('decode') as FloatTensor }
}
