/** The bundled model from text to pixels against PyTorch, through the example workflows with the cache off. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { sigmasFor } from '@dicache/diffusion'
import { createHost, type Host, openWorkflow } from '@dicache/host'
import { fitRow, loadTokenizer, packLatent } from '@dicache/models'
import { type FloatTensor, floatTensor, latentNoise, psnr } from '@dicache/tensor'
import { openSafetensors, type WeightFile } from '@dicache/weights'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const MODEL = here('../../packages/emoji-model/model/')

type Case = {
  readonly file: string
  readonly prompt: string
  readonly seed: number
  readonly steps: number
  readonly cfg: number
}
const cases = JSON.parse(await readFile(here('./fixtures/emoji/cases.json'), 'utf8')) as readonly Case[]

let home: string
let host: Host

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'dicache-emoji-'))
  // Files of tests share the cores: more threads would only wait for each other.
  host = await createHost({ home, device: 'cpu', threads: 1 })
})

afterAll(async () => {
  await host.dispose()
  await rm(home, { recursive: true, force: true })
})

type Prompt = { readonly context: FloatTensor; readonly pooled: FloatTensor }
type Values = {
  readonly positive: Prompt
  readonly negative: Prompt
  readonly latent: FloatTensor
  readonly image: FloatTensor
}

/** Runs an example document; its prompts are nodes 2 and 3, its sampler 6, its decoder 7, its cache 5. */
async function runExample(name: string, example: Case): Promise<Values> {
  const settings = [
    `prompt=${example.prompt}`,
    `seed=${example.seed}`,
    `steps=${example.steps}`,
    `cfg=${example.cfg}`,
    '5.enabled=false',
  ]
  const { graph, problems } = await openWorkflow(
    host,
    await readFile(here(`../../workflows/${name}`), 'utf8'),
    { settings },
  )
  expect(problems).toEqual([])
  if (graph === undefined) throw new Error('no graph')
  const result = await host.engine.run(graph, { targets: ['2', '3', '6', '7'] })
  if (result.status !== 'finished') throw new Error(`the run ended as ${result.status}`)
  const value = (node: string): unknown => result.valuesOf(node)?.[0]?.[0]
  return {
    positive: promptOf(value('2')),
    negative: promptOf(value('3')),
    latent: (value('6') as { samples: FloatTensor }).samples,
    image: value('7') as FloatTensor,
  }
}

function promptOf(conditioning: unknown): Prompt {
  const [entry] = conditioning as readonly Prompt[]
  if (entry === undefined) throw new Error('no conditioning')
  return entry
}

function worst(a: FloatTensor, b: FloatTensor): number {
  expect(a.data.length).toBe(b.data.length)
  return a.data.reduce((most, value, n) => Math.max(most, Math.abs(value - (b.data[n] ?? Number.NaN))), 0)
}

/** [1, 3, H, W] in −1..1 → [1, H, W, 3] in 0..1, clamped. */
function toPicture(planes: FloatTensor): FloatTensor {
  const [, channels = 3, height = 0, width = 0] = planes.shape
  const area = height * width
  const picture = floatTensor([1, height, width, channels])
  planes.data.forEach((value, n) => {
    picture.data[(n % area) * channels + Math.floor(n / area)] = Math.min(1, Math.max(0, (value + 1) / 2))
  })
  return picture
}

describe.each(cases.map((example) => [example.prompt, example] as const))('%s', (_, example) => {
  let expected: WeightFile

  beforeAll(async () => {
    expected = await openSafetensors(here(`./fixtures/emoji/${example.file}`))
  })
  afterAll(() => expected.close())

  test('has torch’s ids, noise and sigmas', async () => {
    for (const [kind, ids, pad] of [
      ['t5', 't5_ids', 0],
      ['clip', 'clip_ids', 1],
    ] as const) {
      const tokenizer = loadTokenizer(JSON.parse(await readFile(`${MODEL}${kind}-tokenizer.json`, 'utf8')))
      const row = fitRow(tokenizer.encode(example.prompt), { length: 16, endId: 1, padId: pad })
      expect([...(await expected.readTensor(ids)).data]).toEqual(row)
    }
    expect(
      worst(latentNoise([1, 16, 16, 16], BigInt(example.seed)), await expected.readFloat32('noise')),
    ).toBeLessThan(1e-6)
    const sigmas = sigmasFor({
      sampling: { kind: 'flow', shift: 3, multiplier: 1000 },
      scheduler: 'simple',
      steps: example.steps,
    })
    expect(
      worst(floatTensor([sigmas.length], Float32Array.from(sigmas)), await expected.readFloat32('sigmas')),
    ).toBeLessThan(1e-6)
  })

  // One Euler step from σ = 1 to 0 without guidance takes the velocity off the noise.
  test.each([
    ['velocity0', example.prompt],
    ['velocity0_uncond', ''],
  ])('has torch’s %s', async (name, prompt) => {
    const oneStep = { ...example, prompt, steps: 1, cfg: 1 }
    const { latent } = await runExample('emoji-flux-dicache.json', oneStep)
    const noise = await expected.readFloat32('noise')
    const velocity = noise.data.map((value, n) => value - (latent.data[n] ?? Number.NaN))
    expect(
      worst(packLatent(floatTensor(latent.shape, velocity)), await expected.readFloat32(name)),
    ).toBeLessThan(1e-4)
  })

  test.each(['emoji-flux-dicache.json', 'emoji-flux-ksampler.json'])(
    '%s draws torch’s picture',
    async (name) => {
      const { positive, negative, latent, image } = await runExample(name, example)
      for (const [prompt, suffix] of [
        [positive, ''],
        [negative, '_uncond'],
      ] as const) {
        expect(worst(prompt.context, await expected.readFloat32(`context${suffix}`))).toBeLessThan(1e-4)
        expect(worst(prompt.pooled, await expected.readFloat32(`pooled${suffix}`))).toBeLessThan(1e-4)
      }
      expect(worst(latent, await expected.readFloat32('latent'))).toBeLessThan(2e-3)
      expect(psnr(image, toPicture(await expected.readFloat32('image')))).toBeGreaterThan(45)
    },
  )
})
