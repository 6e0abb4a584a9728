/** `bench study`: step caches side by side on the bundled model, quality against the uncached picture, times in turn. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Host, withDefaults } from '@dicache/host'
import { isJsonArray, isJsonObject } from '@dicache/protocol'
import {
  CALIBRATION,
  CALIBRATION_PROMPT,
  type MakePicture,
  runStudy,
  STUDY_PROMPTS,
  studyVariants,
  studyFiles,
  studyPlots,
  summariseStudy,
  type Variant,
} from '@dicache/verify'
import { type Command, readWords } from '../command.ts'
import { type PictureRun, preparePicture, runForPicture } from '../compare/run-for-picture.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'

export const bench: Command = {
  usage: '',
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, {
      ...HOST_OPTIONS,
      set: { type: 'string', multiple: true },
      runs: { type: 'string' },
      prompts: { type: 'string' },
      seeds: { type: 'string' },
    })
    const folder = path.resolve(words.text('out') ?? 'study')
    const prompts = STUDY_PROMPTS.slice(0, words.count('prompts', STUDY_PROMPTS.length, 1))
    const seeds = Array.from({ length: words.count('seeds', 2, 1) }, (_, n) => 3 + n)
    // A result from the cache would take no time.
    const host = await createHostFrom(words, env, { cache: { policy: { kind: 'none' } } })
    try {
      const variants = studyVariants(await calibrate(host, signal))
      const make = pictureMaker(host, signal)
      // The first run of each opens its sessions.
      for (const variant of variants) await make(variant, { prompt: prompts[0] ?? '', seed: 0 })
      const rows = await runStudy(
        {
          variants,
          prompts,
          seeds,
          signal,
          onProgress: (done, total) => terminal.progress('study', done, total),
        },
        make,
      )
      const lines = summariseStudy(variants, rows)
      await mkdir(folder, { recursive: true })
      const files = {
        ...studyFiles(lines, rows, { prompts: prompts.length, seeds }),
        ...(await studyPlots(lines)),
      }
      for (const [name, text] of Object.entries(files)) {
        await writeFile(path.join(folder, name), text)
      }
      for (const line of lines) {
        terminal.line(
          `${line.variant.padEnd(38)} ${line.wallSpeedup.toFixed(2)}× wall  ${line.stepRatio.toFixed(2)} step ratio  ${line.psnrMean.toFixed(1)} dB (lowest ${line.psnrLowest.toFixed(1)})  SSIM ${line.ssimMean.toFixed(4)}`,
        )
      }
      terminal.line(`written to ${folder}`)
      terminal.result({ folder, lines })
      return 0
    } finally {
      await host.dispose()
    }
  },
}

/** MagCache's ratios of the bundled model. */
async function calibrate(host: Host, signal: AbortSignal): Promise<readonly number[]> {
  const { report } = await runVariant(host, CALIBRATION, { prompt: CALIBRATION_PROMPT, seed: 0, signal })
  const calibration = isJsonObject(report) && isJsonObject(report['calibration']) ? report['calibration'] : {}
  const { ratios } = calibration
  return isJsonArray(ratios) ? ratios.map(Number) : []
}

type At = { readonly prompt: string; readonly seed: number; readonly signal: AbortSignal }

async function runVariant(host: Host, variant: Variant, at: At): Promise<PictureRun> {
  const text = JSON.stringify(withDefaults(host, documentOf(variant, at)))
  const request = { text, source: { nodeId: 'decode', slot: 0 }, settings: [], signal: at.signal }
  return runForPicture(host, await preparePicture(host, request))
}

/** Runs a document made for a variant, up to its picture. */
function pictureMaker(host: Host, signal: AbortSignal): MakePicture {
  return async function makePicture(variant, at) {
    const run = await runVariant(host, variant, { ...at, signal })
    const totals = isJsonObject(run.report) && isJsonObject(run.report['totals']) ? run.report['totals'] : {}
    return { image: run.picture, wallMs: run.wallMs, stepRatio: Number(totals['stepRatio']) }
  }
}

type ApiNodes = Parameters<typeof withDefaults>[1]

/** The bundled model at 128×128, guidance 3, euler on `simple`, as an API document. */
function documentOf(variant: Variant, at: { readonly prompt: string; readonly seed: number }): ApiNodes {
  const node = (type: string, inputs: Readonly<Record<string, unknown>>) => ({
    class_type: type,
    inputs,
  })
  const { probe } = variant
  return {
    load: node('LoadModel', { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' }),
    positive: node('CLIPTextEncode', { clip: ['load', 1], text: at.prompt }),
    negative: node('CLIPTextEncode', { clip: ['load', 1], text: '' }),
    latent: node('EmptyLatentImage', { width: 128, height: 128, batch_size: 1 }),
    ...(probe === undefined ? {} : { probe: node(probe.type, probe.settings) }),
    sampler: node('DiCacheSampler', {
      model: ['load', 0],
      positive: ['positive', 0],
      negative: ['negative', 0],
      latent: ['latent', 0],
      ...(probe === undefined ? {} : { probe: ['probe', 0] }),
      seed: at.seed,
      steps: variant.steps,
      cfg: 3,
      sampler_name: 'euler',
      scheduler: 'simple',
      denoise: 1,
    }),
    decode: node('Decode', { vae: ['load', 2], latent: ['sampler', 0] }),
    show: node('PreviewImage', { images: ['decode', 0] }),
  }
}
