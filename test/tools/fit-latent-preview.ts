/**
 * Fits the linear map from latents to colours that previews use, by least squares over pictures of the bundled model:
 * `node test/tools/fit-latent-preview.ts` writes packages/emoji-model/model/flux-emoji.preview.json.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Host } from '@dicache/host'
import type { FloatTensor } from '@dicache/tensor'
import { runGraph, samplerGraph, testHome } from '../integration/run-graph.ts'
import { solveLinear } from './solve-linear.ts'

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
  const rows: number[][] = []
  const colours: number[][] = []
  for (const [index, prompt] of SUBJECTS.flatMap((a) => STYLES.map((b) => `a ${a}, ${b}`)).entries()) {
    const { latent, image } = await draw(host, prompt, index)
    collect(latent, image, rows, colours)
    console.error(`${index + 1} ${prompt}`)
  }
  const solved = solveLinear(rows, colours)
  const round = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(5)))
  const map = { factors: solved.slice(0, -1).map(round), bias: round(solved.at(-1) ?? []) }
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

/** One row a latent pixel: its channels and 1; one colour: the mean of the picture under it. */
function collect(latent: FloatTensor, image: FloatTensor, rows: number[][], colours: number[][]): void {
  const [, channels = 0, height = 0, width = 0] = latent.shape
  const imageWidth = image.shape[2] ?? 0
  const scale = imageWidth / width
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const row = Array.from({ length: channels }, (_, c) => latent.data[(c * height + y) * width + x] ?? 0)
      const colour = [0, 0, 0]
      for (let dy = 0; dy < scale; dy += 1) {
        for (let dx = 0; dx < scale; dx += 1) {
          const at = ((y * scale + dy) * imageWidth + x * scale + dx) * 3
          for (let c = 0; c < 3; c += 1) colour[c] = (colour[c] ?? 0) + (image.data[at + c] ?? 0) / scale ** 2
        }
      }
      rows.push([...row, 1])
      colours.push(colour)
    }
  }
}
