import process from 'node:process'
import { HostError } from '@dicache/protocol'
import { openWorkflow, readWorkflowFile, refusal, workflowInputs } from '@dicache/host'
import { type Command, type CommandContext, onePositional, readWords } from '../command.ts'
import { describeReports } from '../describe-report.ts'
import { CACHE_OPTIONS, cacheOf } from '../cache-options.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import { runWorkflow } from '../run-workflow.ts'

export const command: Command = {
  usage: `dicache run FILE|- [--set NAME=VALUE]… [--out DIR] [--inputs] [--json]
               [--cache POLICY] [--disk-cache SIZE] [--no-cache] [--on-failure continue|stop]
               [--home DIR] [--models DIR]… [--device auto|cpu|cuda|webgpu] [--threads N]

Runs a workflow (UI or API format, JSON or a PNG or WebP picture that carries it) and says where its files are.
--set changes a setting: a named input of the document (prompt=…), NODE.SETTING (6.steps=30) or TITLE.SETTING (Prompt.text=…).
--inputs lists the named inputs with type, value and default, and runs nothing.
Results of nodes are kept in HOME/cache/results, and the next run takes what has not changed from there; a file that was
saved is written again only when it is gone or changed. --disk-cache bounds that folder (4GiB; 0 is off), the least
recently used results go first. --cache says what memory keeps: bytes:SIZE (256MiB), lru:COUNT, classic or none.
--no-cache (as --cache none) runs everything, and keeps nothing.
--on-failure stop ends the run with the first node that fails; otherwise branches that do not depend on it go on.`,
  async run(context) {
    const words = readWords(context.args, {
      ...HOST_OPTIONS,
      ...CACHE_OPTIONS,
      set: { type: 'string', multiple: true },
      inputs: { type: 'boolean' },
      'on-failure': { type: 'string' },
    })
    const file = onePositional(words, 'workflow file')
    const onFailure = failurePolicy(words.text('on-failure') ?? 'continue')
    const host = await createHostFrom(words, context.env, { cache: cacheOf(words) })
    try {
      if (words.flag('inputs')) return await showInputs(host, file, context)
      const { terminal, signal } = context
      const summary = await runWorkflow(host, {
        file,
        settings: words.texts('set'),
        onFailure,
        signal,
        terminal,
      })
      for (const line of describeReports(summary.reports)) terminal.line(line)
      for (const { path } of summary.files) terminal.line(path)
      if (summary.cached > 0)
        terminal.note(`${summary.cached} nodes came from the cache; --no-cache runs everything again`)
      if (summary.device !== undefined) terminal.note(`device: ${summary.device}`)
      if (summary.status === 'cancelled') terminal.note('cancelled')
      terminal.result({
        ...summary,
        peakRssBytes: process.resourceUsage().maxRSS * 1024,
        upMs: Math.round(process.uptime() * 1000),
      })
      return summary.exitCode
    } finally {
      await host.dispose()
    }
  },
}

function failurePolicy(name: string): 'continue' | 'stop' {
  if (name === 'continue' || name === 'stop') return name
  throw new HostError('BAD_REQUEST', `--on-failure takes continue or stop, not "${name}"`)
}

async function showInputs(
  host: Parameters<typeof workflowInputs>[0],
  file: string,
  { terminal, signal }: CommandContext,
): Promise<number> {
  const opened = await openWorkflow(host, await readWorkflowFile(file, process.stdin, signal), { signal })
  if (opened.workflow === undefined) throw refusal(opened.problems)
  const { inputs, problems } = workflowInputs(host, opened.workflow)
  for (const problem of problems) terminal.note(`warning ${problem.code}: ${problem.message}`)
  if (inputs.length === 0) terminal.line('the workflow names no inputs (extra.dicache.inputs)')
  for (const { name, type, value, default: fallback, nodeTitle, param } of inputs) {
    terminal.line(
      `${name.padEnd(12)} ${type.padEnd(8)} ${JSON.stringify(plain(value ?? fallback ?? null))}  (${nodeTitle}.${param.name}, default ${JSON.stringify(plain(fallback ?? null))})`,
    )
  }
  terminal.result({
    inputs: inputs.map(({ name, type, value, default: fallback, nodeId, param }) => ({
      name,
      type,
      value: plain(value ?? null),
      default: plain(fallback ?? null),
      node: nodeId,
      param: param.name,
    })),
  })
  return 0
}

/** 64-bit numbers and written forms of numbers, as JSON text shows them. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint'
    ? value.toString()
    : typeof value === 'object' && value !== null && 'value' in value
      ? value.value
      : value
}
