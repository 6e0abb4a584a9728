import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import path from 'node:path'
import { type Host, openWorkflow, readWorkflowFile, workflowInputs } from '@dicache/host'
import { HostError, isJsonObject, JsonFloat, type JsonValue } from '@dicache/protocol'
import type { Comparison, VariantRuns } from '@dicache/verify'
import { type Command, onePositional, readWords, type Words } from '../command.ts'
import { findCompareNodes } from '../compare/find-nodes.ts'
import { listOf, planVariants, uncachedPlan } from '../compare/plan-variants.ts'
import { runRounds } from '../compare/run-rounds.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import type { Terminal } from '../terminal.ts'

export const command: Command = {
  usage: `dicache compare FILE [--thresholds 0.1,0.2,0.3] [--policy "TYPE: NAME=VALUE; …"]… [--steps 15,10]
                   [--variant "LABEL: NAME=VALUE; …"]… [--set NAME=VALUE]… [--runs 3] [--out compare.html] [--json]

Runs a workflow with its step cache off and at several thresholds, in turn, and writes one page that needs nothing beside it: pictures,
differences, PSNR and SSIM against the uncached picture, what was reused at each step, measured speed-up beside the step ratio.
--policy puts another node that makes a PROBE in the place of the workflow's own; --steps adds runs of fewer steps without a cache;
--variant adds the workflow with settings of your own.
--runs is how often each one is timed, after one run that is not counted.`,
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, {
      ...HOST_OPTIONS,
      set: { type: 'string', multiple: true },
      thresholds: { type: 'string' },
      steps: { type: 'string' },
      policy: { type: 'string', multiple: true },
      variant: { type: 'string', multiple: true },
      runs: { type: 'string' },
    })
    const file = onePositional(words, 'workflow file')
    const out = path.resolve(words.text('out') ?? 'compare.html')
    const rounds = words.count('runs', 3, 1)
    const { comparePage, compareVariants, comparisonJson } = await import('@dicache/verify')
    // `--out` is the page's file, not a folder of pictures; and a result from the cache would take no time.
    const host = await createHostFrom(withoutOut(words), env, { cache: { policy: { kind: 'none' } } })
    try {
      const text = await readWorkflowFile(file, process.stdin)
      const settings = words.texts('set')
      const nodes = await findCompareNodes(host, text, settings)
      const plans = planVariants(variantWords(words), nodes)
      const all = await runRounds(host, [uncachedPlan(nodes), ...plans], {
        text,
        source: nodes.picture,
        settings,
        signal,
        rounds,
        onRun: (done, total, label) => terminal.progress('compare', done, total, label),
      })
      const [baseline, ...variants] = all
      if (baseline === undefined) throw new HostError('INTERNAL', 'a comparison without an uncached run')
      const comparison = compareVariants(baseline, variants)
      const facts = await factsOf(host, { file, text, settings, runs: all, words })
      await writeWhole(out, await comparePage(comparison, { title: path.basename(file), facts }))
      print(terminal, comparison)
      terminal.line(out)
      terminal.result({ file: out, comparison: comparisonJson(comparison) })
      return 0
    } finally {
      await host.dispose()
    }
  },
}

function variantWords(words: Words): Parameters<typeof planVariants>[0] {
  const steps = listOf(words.text('steps') ?? '')
  const policies = words.texts('policy')
  const variants = words.texts('variant')
  const others = steps.length + policies.length + variants.length
  const thresholds = words.text('thresholds') ?? (others > 0 ? '' : '0.1,0.2,0.3')
  return { thresholds: listOf(thresholds), steps, policies, variants }
}

function withoutOut(words: Words): Words {
  return { ...words, text: (name) => (name === 'out' ? undefined : words.text(name)) }
}

/** What the page says about all runs: the model, the machine, and the named inputs of the workflow that all runs share. */
async function factsOf(
  host: Host,
  run: {
    readonly file: string
    readonly text: string
    readonly settings: readonly string[]
    readonly runs: readonly VariantRuns[]
    readonly words: Words
  },
): Promise<readonly (readonly [string, string])[]> {
  const { workflow } = await openWorkflow(host, run.text, { settings: run.settings })
  const inputs = workflow === undefined ? [] : workflowInputs(host, workflow).inputs
  const [baseline] = run.runs
  const report = isJsonObject(baseline?.report) ? baseline.report : {}
  const varied = run.runs.flatMap(({ settings }) => settings.map((setting) => setting.split('=').at(0)))
  const [cpu] = cpus()
  return [
    ['workflow', run.file],
    ['model', plain(report['model'])],
    [
      'sampler',
      `${plain(report['sampler'])}, ${plain(report['scheduler'])}, ${plain(report['steps'])} steps`,
    ],
    ...inputs
      .filter(
        ({ name, nodeId, param }) => !varied.includes(`${nodeId}.${param.name}`) && !varied.includes(name),
      )
      .map(({ name, value, default: fallback }) => [name, plain(value ?? fallback)] as const),
    ['device', run.words.text('device') ?? 'auto'],
    ['processor', `${cpu?.model ?? 'unknown'}, ${cpus().length} threads`],
  ]
}

function plain(value: JsonValue | undefined): string {
  if (value instanceof JsonFloat) return value.source
  if (value === '') return '(empty)'
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : JSON.stringify(value ?? null)
}

function print(terminal: Terminal, { baseline, variants }: Comparison): void {
  const digits = (value: number | undefined, count: number): string =>
    value === undefined ? '–' : Number.isFinite(value) ? value.toFixed(count) : '∞'
  const wide = Math.max(24, ...variants.map(({ runs }) => runs.name.length))
  terminal.line(
    `${'setting'.padEnd(wide)} ${'PSNR dB'.padStart(8)} ${'SSIM'.padStart(7)} ${'ms'.padStart(8)} ${'speed-up'.padStart(8)} ${'steps'.padStart(6)} ${'effic.'.padStart(6)}`,
  )
  const row = (name: string, cells: readonly string[]): void =>
    terminal.line(
      [name.padEnd(wide), ...cells.map((cell, index) => cell.padStart([8, 7, 8, 8, 6, 6][index] ?? 8))].join(
        ' ',
      ),
    )
  row('uncached', ['exact', '1', digits(baseline.wallMs, 0), '1.00', '1.00', '–'])
  for (const { runs, psnr, ssim, wallMs, speedup, stepRatio, efficiency } of variants)
    row(runs.name, [
      digits(psnr, 2),
      digits(ssim, 4),
      digits(wallMs, 0),
      digits(speedup, 2),
      digits(stepRatio, 2),
      digits(efficiency, 2),
    ])
}

/** A reader never sees half a page. */
async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.partial-${process.pid}`
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new HostError(
      'OUTPUT_NOT_WRITABLE',
      `cannot write ${file} (${reason}): choose another file with --out`,
      {
        path: file,
        cause: error,
      },
    )
  }
}
