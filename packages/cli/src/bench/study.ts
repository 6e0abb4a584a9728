/** `bench study`: step caches side by side on the bundled model, quality against the uncached picture, times in turn. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Host, openWorkflow, refusal } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import {
  type MakePicture,
  pictureOf,
  readSamplingRun,
  runStudy,
  type SamplingRun,
  STUDY_PROMPTS,
  STUDY_VARIANTS,
  studyFiles,
  summariseStudy,
  type Variant,
} from '@dicache/verify'
import { type Command, readWords } from '../command.ts'
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
    const host = await createHostFrom(words, env)
    try {
      const make = pictureMaker(host, signal)
      await make(STUDY_VARIANTS[0] ?? raise(), { prompt: prompts[0] ?? '', seed: 0 })
      const rows = await runStudy(
        {
          variants: STUDY_VARIANTS,
          prompts,
          seeds,
          signal,
          onProgress: (done, total) => terminal.progress('study', done, total),
        },
        make,
      )
      const lines = summariseStudy(STUDY_VARIANTS, rows)
      await mkdir(folder, { recursive: true })
      for (const [name, text] of Object.entries(
        studyFiles(lines, rows, { prompts: prompts.length, seeds }),
      )) {
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

function raise(): never {
  throw new HostError('BAD_REQUEST', 'the study has no variants')
}

/** Runs a graph made for a variant: the loaders and prompts come from the result cache, the sampler runs each time. */
function pictureMaker(host: Host, signal: AbortSignal): MakePicture {
  let run = 0
  return async function makePicture(variant, at) {
    run += 1
    const opened = await openWorkflow(host, JSON.stringify(graphOf(variant, { ...at, run })), { signal })
    if (opened.graph === undefined || opened.validation === undefined) throw refusal(opened.problems)
    const found: SamplingRun[] = []
    const result = await host.engine.run(opened.graph, {
      signal,
      targets: ['decode'],
      onEvent(event) {
        const sampling =
          event.type === 'node.reported' && event.name === 'sampling-report'
            ? readSamplingRun(event.data)
            : undefined
        if (sampling !== undefined) found.push(sampling)
      },
    })
    if (result.status === 'failed') throw result.error
    const [sampling] = found
    if (result.status === 'refused') throw refusal(result.problems)
    if (result.status === 'cancelled' || sampling === undefined)
      throw new HostError('CANCELLED', 'The study was cancelled.')
    return { image: pictureOf(result.valuesOf('decode')?.[0]?.[0]), sampling }
  }
}

/** An API document. A denoise that differs by less than the schedule notices keeps each run out of the result cache. */
function graphOf(
  variant: Variant,
  at: { readonly prompt: string; readonly seed: number; readonly run: number },
): unknown {
  const node = (type: string, inputs: Readonly<Record<string, unknown>>): unknown => ({
    class_type: type,
    inputs,
  })
  return {
    load: node('LoadModel', { model: 'emoji', t5: 'auto', clip: 'auto', vae: 'auto' }),
    positive: node('CLIPTextEncode', { clip: ['load', 1], text: at.prompt }),
    negative: node('CLIPTextEncode', { clip: ['load', 1], text: '' }),
    latent: node('EmptyLatentImage', { width: 128, height: 128, batch_size: 1 }),
    ...(variant.probe === undefined ? {} : { probe: node(variant.probe.type, variant.probe.settings) }),
    sampler: node('DiCacheSampler', {
      model: ['load', 0],
      positive: ['positive', 0],
      negative: ['negative', 0],
      latent: ['latent', 0],
      ...(variant.probe === undefined ? {} : { probe: ['probe', 0] }),
      seed: at.seed,
      steps: variant.steps,
      cfg: 3,
      sampler_name: 'euler',
      scheduler: 'simple',
      denoise: 1 - at.run * 1e-9,
    }),
    decode: node('Decode', { vae: ['load', 2], latent: ['sampler', 0] }),
  }
}
