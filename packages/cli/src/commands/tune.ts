import { rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Host, readWorkflowFile, settingsIn } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import {
  psnrOf,
  readShadowRun,
  suggestThreshold,
  thresholdCurve,
  type ThresholdPoint,
  indicatorPercentiles,
} from '@dicache/verify'
import { type Command, onePositional, readWords } from '../command.ts'
import { findCompareNodes } from '../compare/find-nodes.ts'
import { type PictureRun, preparePicture, runForPicture } from '../compare/run-for-picture.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import type { Terminal } from '../terminal.ts'

/** Real runs that may be needed before a threshold reaches the speed-up. */
const TRIES = 4
/** Timed pairs of a real run; their median counts. */
const PAIRS = 3

export const command: Command = {
  usage: `dicache tune FILE --speedup X [--set NAME=VALUE]… [--dry] [--json]

Finds the threshold δ for a wanted speed-up: one shadow run (every step computed) records how much the probe changes at each step; the gate is replayed
for many thresholds; the suggested one is verified by real runs, timed in turn with the uncached one, and written into FILE.
--dry writes nothing.`,
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, {
      ...HOST_OPTIONS,
      set: { type: 'string', multiple: true },
      speedup: { type: 'string' },
      dry: { type: 'boolean' },
    })
    const file = onePositional(words, 'workflow file')
    const wanted = Number(words.text('speedup') ?? Number.NaN)
    if (!(wanted >= 1))
      throw new HostError('BAD_REQUEST', 'give --speedup X, a number from 1 on, such as --speedup 2')
    const host = await createHostFrom(words, env, { cache: { policy: { kind: 'none' } } })
    try {
      const text = await readWorkflowFile(file)
      const tuned = await tune(host, { text, settings: words.texts('set'), wanted, signal, terminal })
      const written = !words.flag('dry') && tuned.reached
      if (written) await writeWhole(file, settingsIn(host, text, tuned.settings))
      terminal.line(
        tuned.reached
          ? `δ = ${tuned.threshold}: measured ${tuned.speedup.toFixed(2)}×, ${decibels(tuned.psnr)} against the uncached picture${written ? `; written into ${file}` : ''}`
          : `no threshold reaches ${wanted}× here: δ = ${tuned.threshold} gives ${tuned.speedup.toFixed(2)}× at ${decibels(tuned.psnr)}. A shorter warm-up, more steps or cfg_policy cond-decides allow more; nothing was written`,
      )
      terminal.result({ ...tuned, wanted, written })
      return tuned.reached ? 0 : 1
    } finally {
      await host.dispose()
    }
  },
}

type TuneRequest = {
  readonly text: string
  readonly settings: readonly string[]
  readonly wanted: number
  readonly signal: AbortSignal
  readonly terminal: Terminal
}

type Tuned = {
  readonly threshold: number
  readonly speedup: number
  readonly psnr: number
  readonly reached: boolean
  readonly settings: readonly string[]
  readonly curve: readonly ThresholdPoint[]
}

async function tune(host: Host, request: TuneRequest): Promise<Tuned> {
  const { terminal, wanted } = request
  const nodes = await findCompareNodes(host, request.text, request.settings)
  if (nodes.caches.length === 0)
    throw new HostError(
      'BAD_REQUEST',
      'the workflow has no ProbeConfig or DiCache node to tune: put one in front of its sampler',
    )
  const run = async (settings: readonly string[]): Promise<PictureRun> => {
    const { text, signal } = request
    const all = [...request.settings, ...settings]
    return runForPicture(
      host,
      await preparePicture(host, { text, source: nodes.picture, settings: all, signal }),
    )
  }
  const each = (setting: string): readonly string[] => nodes.caches.map((id) => `${id}.${setting}`)
  await run(each('enabled=true'))
  const shadow = readShadowRun((await run([...each('enabled=true'), ...each('mode=shadow')])).report)
  const curve = thresholdCurve(shadow.policy, shadow.run)
  const [low, middle, high] = indicatorPercentiles(shadow.policy, shadow.run)
  terminal.line(
    `change of the probe a step: 10 % below ${low.toFixed(3)}, half below ${middle.toFixed(3)}, 90 % below ${high.toFixed(3)}`,
  )
  printCurve(terminal, curve)
  let aim = wanted
  let best: Tuned | undefined
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const point = suggestThreshold(curve, aim)
    if (point === undefined || point.threshold === best?.threshold) break
    terminal.line(
      `trying δ = ${point.threshold}: predicted ${point.predictedSpeedup.toFixed(2)}×, step ratio ${point.stepRatio.toFixed(2)}`,
    )
    const settings = [...each('enabled=true'), ...each(`threshold=${point.threshold}`)]
    const measured = await measure(run, { on: settings, off: each('enabled=false') })
    best = {
      threshold: point.threshold,
      ...measured,
      reached: measured.speedup >= wanted,
      settings: each(`threshold=${point.threshold}`),
      curve,
    }
    if (best.reached) break
    aim *= Math.max(1.03, wanted / measured.speedup)
  }
  if (best === undefined)
    throw new HostError(
      'NODE_FAILED',
      'the shadow run recorded no step that could be reused: use more steps, or a shorter warm-up',
    )
  return best
}

/** Median of pairs, cache on and off in turn. */
async function measure(
  run: (settings: readonly string[]) => Promise<PictureRun>,
  settings: { readonly on: readonly string[]; readonly off: readonly string[] },
): Promise<{ readonly speedup: number; readonly psnr: number }> {
  const ratios: number[] = []
  let psnr = Number.NaN
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const off = await run(settings.off)
    const on = await run(settings.on)
    ratios.push(off.wallMs / on.wallMs)
    psnr = psnrOf(on.picture, off.picture)
  }
  return { speedup: ratios.toSorted((a, b) => a - b)[Math.floor(PAIRS / 2)] ?? Number.NaN, psnr }
}

function printCurve(terminal: Terminal, curve: readonly ThresholdPoint[]): void {
  const stride = Math.max(1, Math.floor(curve.length / 10))
  terminal.line('     δ   reused   step ratio   predicted speed-up')
  for (const point of curve.filter((_, n) => n % stride === 0)) {
    terminal.line(
      `${point.threshold.toFixed(3).padStart(6)}   ${`${(100 * point.reused).toFixed(0)} %`.padStart(6)}   ${point.stepRatio.toFixed(2).padStart(10)}   ${point.predictedSpeedup.toFixed(2).padStart(8)}×`,
    )
  }
}

function decibels(psnr: number): string {
  return Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : 'equal'
}

/** A reader never sees half a file. */
async function writeWhole(file: string, text: string): Promise<void> {
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.partial-${process.pid}`)
  await writeFile(partial, text)
  await rename(partial, file)
}
