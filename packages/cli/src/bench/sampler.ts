/** `bench sampler`: the same workflow with its step cache on and off, in turn, beside the floor of its matrix products. */
import { fileURLToPath } from 'node:url'
import { type Host, openRuntime, refusal } from '@dicache/host'
import { HostError, type RunEvent } from '@dicache/protocol'
import { readSamplingRun, type SamplingRun, samplerFigures } from '@dicache/verify'
import { type Command, readWords } from '../command.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import { runWorkflow } from '../run-workflow.ts'
import type { Terminal } from '../terminal.ts'
import { coldStart } from './cold-start.ts'

const DEFAULT = fileURLToPath(new URL('../../../../workflows/emoji-flux-dicache.json', import.meta.url))

export const bench: Command = {
  usage: '',
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, {
      ...HOST_OPTIONS,
      set: { type: 'string', multiple: true },
      runs: { type: 'string' },
    })
    const [, file = DEFAULT] = words.positionals
    const runs = words.count('runs', 5, 1)
    const given = words.texts('set')
    const settings = given.length > 0 ? given : ['steps=30', 'cfg=3']
    const cold = await coldStart({ file, settings, signal })
    const host = await createHostFrom(words, env)
    const runtime = await openRuntime({ device: 'cpu', threads: words.count('threads', 0) })
    try {
      const probes = cacheNodes(host, file, terminal)
      const arm = async (enabled: boolean, seed: number): Promise<SamplingRun> => {
        const switches = (await probes).map((id) => `${id}.enabled=${enabled}`)
        return sampleOnce(host, {
          file,
          settings: [...settings, `seed=${seed}`, ...switches],
          signal,
          terminal,
        })
      }
      await arm(true, 1000)
      await arm(false, 1000)
      const pairs: { readonly cached: SamplingRun; readonly plain: SamplingRun }[] = []
      for (let n = 0; n < runs; n += 1) {
        terminal.progress('bench', n, runs)
        const order = n % 2 === 0
        const first = await arm(order, n)
        const second = await arm(!order, n)
        pairs.push(order ? { cached: first, plain: second } : { cached: second, plain: first })
      }
      const figures = await samplerFigures(pairs, runtime.openGraph, () => performance.now())
      print(terminal, { ...figures, ...cold, runs })
      terminal.result({ file, settings, ...figures, ...cold, runs })
      return 0
    } finally {
      await runtime.dispose()
      await host.dispose()
    }
  },
}

type Figures = Awaited<ReturnType<typeof samplerFigures>> &
  Awaited<ReturnType<typeof coldStart>> & { readonly runs: number }

function print(terminal: Terminal, f: Figures): void {
  const ms = (value: number): string => `${value.toFixed(2)} ms`
  terminal.line(
    `medians of ${f.runs} pairs, cache on and off in turn, ${f.steps} steps, ${f.branches} branch(es)`,
  )
  terminal.line(`computed step          ${ms(f.fullStepMs)}   (all branches; probe + deep)`)
  terminal.line(`reused step            ${ms(f.reusedStepMs)}   (all branches; probe + reuse)`)
  terminal.line(`step ratio             ${f.stepRatio.toFixed(3)}   (evaluations / computed evaluations)`)
  terminal.line(
    `wall speed-up          ${f.wallSpeedup.toFixed(3)}   (sampling with the cache off / on, pair by pair)`,
  )
  terminal.line(`FLOP-ideal speed-up    ${f.flopIdealSpeedup.toFixed(3)}   (for the steps that were reused)`)
  terminal.line(`efficiency             ${f.efficiency.toFixed(3)}   (wall / FLOP-ideal)`)
  terminal.line(
    `events and report      ${(100 * f.reportShare).toFixed(2)} %   (of the time of a cached run)`,
  )
  terminal.line(
    `computed step / floor  ${f.fullStepOverFloor.toFixed(3)}   (floor: its matrix products alone, ${ms(f.floorMs)} at ${f.floorGflops.toFixed(0)} GFLOP/s)`,
  )
  for (const { part, gflops, gemmGflops } of f.parts)
    terminal.line(
      `${part.padEnd(22)} ${gflops.toFixed(0)} GFLOP/s, products of the same shapes alone ${gemmGflops.toFixed(0)}`,
    )
  terminal.line(
    `cold start             ${f.coldStartMs.toFixed(0)} ms   (process start to saved picture; through npm ${f.coldStartNpmMs.toFixed(0)} ms)`,
  )
  terminal.line(`peak memory            ${(f.coldPeakRssBytes / 1e6).toFixed(0)} MB   (of that run)`)
}

/** Ids of the nodes that switch the cache: their setting `enabled`. */
async function cacheNodes(host: Host, file: string, terminal: Terminal): Promise<readonly string[]> {
  const { openWorkflow, readWorkflowFile } = await import('@dicache/host')
  const { graph } = await openWorkflow(host, await readWorkflowFile(file))
  const ids = [...(graph?.nodes.values() ?? [])]
    .filter(({ type }) => type === 'ProbeConfig' || type === 'DiCache')
    .map(({ id }) => id)
  if (ids.length === 0)
    terminal.note('warning: the workflow has no ProbeConfig or DiCache node; both runs are the same')
  return ids
}

async function sampleOnce(
  host: Host,
  request: {
    readonly file: string
    readonly settings: readonly string[]
    readonly signal: AbortSignal
    readonly terminal: Terminal
  },
): Promise<SamplingRun> {
  const found: SamplingRun[] = []
  const onEvent = (event: RunEvent): void => {
    const run =
      event.type === 'node.reported' && event.name === 'sampling-report'
        ? readSamplingRun(event.data)
        : undefined
    if (run !== undefined) found.push(run)
  }
  const quiet = { ...request.terminal, progress: () => undefined, note: () => undefined }
  const summary = await runWorkflow(host, { ...request, terminal: quiet, onEvent })
  const [run] = found
  if (summary.status === 'refused') throw refusal(summary.problems)
  if (summary.status !== 'finished' || run === undefined) {
    throw new HostError(
      'NODE_FAILED',
      `the workflow ended as ${summary.status} and gave no sampling report; bench needs a KSampler or DiCacheSampler that runs`,
    )
  }
  return run
}
