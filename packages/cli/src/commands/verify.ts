import { stat } from 'node:fs/promises'
import { HostError } from '@dicache/protocol'
import type { CaseResult, Check } from '@dicache/verify'
import { type Command, onePositional, readWords } from '../command.ts'
import type { Terminal } from '../terminal.ts'

export const command: Command = {
  usage: `dicache verify DIR [--brief] [--json]

Checks every case below DIR (a folder with case.json and tensors.safetensors) and prints the worst error of every tensor beside its tolerance;
--brief prints a case's failures only, or the tensor that came closest to its tolerance. Cases of kinds that this version does not know are listed as not covered;
those of which only a part can be checked as partly covered, with what is not.
Exit code 1 when any case failed, 2 when there is no case.`,
  async run({ args, terminal, signal }) {
    const words = readWords(args, { brief: { type: 'boolean' } })
    const root = onePositional(words, 'folder')
    const { findCases, verifyCase } = await import('@dicache/verify')
    const { openRuntime } = await import('@dicache/host')
    if ((await stat(root).catch(() => undefined))?.isDirectory() !== true)
      throw new HostError('FILE_NOT_FOUND', `there is no folder ${root}; give one with cases in it`, {
        path: root,
      })
    const folders = await findCases(root)
    if (folders.length === 0)
      throw new HostError('FILE_NOT_FOUND', `there is no case.json in ${root} or below it`, { path: root })
    const runtime = await openRuntime({ device: 'cpu' })
    const results: CaseResult[] = []
    try {
      for (const [index, folder] of folders.entries()) {
        signal.throwIfAborted()
        terminal.progress('verify', index, folders.length, folder)
        const result = await verifyCase(folder, runtime)
        results.push(result)
        printCase(terminal, result, !words.flag('brief'))
      }
    } finally {
      await runtime.dispose()
    }
    const count = (status: CaseResult['status']): number =>
      results.filter((result) => result.status === status).length
    terminal.line(
      `${count('passed')} passed, ${count('partly-covered')} partly covered, ${count('failed')} failed, ${count('not-covered')} not covered`,
    )
    terminal.result({
      passed: count('passed'),
      partlyCovered: count('partly-covered'),
      failed: count('failed'),
      notCovered: count('not-covered'),
      cases: results,
    })
    return count('failed') > 0 ? 1 : 0
  },
}

function printCase(terminal: Terminal, result: CaseResult, all: boolean): void {
  const mark = { passed: 'ok  ', 'partly-covered': 'part', failed: 'FAIL', 'not-covered': '--  ' }[
    result.status
  ]
  const unchecked =
    result.unchecked === undefined ? '' : `; partly covered, not checked: ${result.unchecked.join(', ')}`
  const note = result.status === 'not-covered' ? 'not covered' : `${result.checks.length} checks${unchecked}`
  terminal.line(
    `${mark} ${result.name.padEnd(30)} ${result.kind.padEnd(14)} ${note}${result.error === undefined ? '' : `: ${result.error}`}`,
  )
  const failed = result.checks.filter(({ ok }) => !ok)
  const shown = all ? result.checks : failed.length > 0 ? failed.slice(0, 12) : closest(result.checks)
  for (const check of shown) terminal.line(`       ${describe(check)}`)
  if (!all && failed.length > 12) terminal.line(`       … and ${failed.length - 12} more that failed`)
}

/** The check that used most of its tolerance. */
function closest(checks: readonly Check[]): readonly Check[] {
  const share = ({ worst, tolerance }: Check): number => (tolerance === 0 ? 0 : worst / tolerance)
  const [first, ...rest] = checks
  return first === undefined
    ? []
    : [rest.reduce((most, check) => (share(check) > share(most) ? check : most), first)]
}

function describe({ name, worst, tolerance, ok, note }: Check): string {
  const share = tolerance > 0 ? ` (${((100 * worst) / tolerance).toPrecision(2)} % of it)` : ''
  return `${ok ? 'worst' : 'FAIL '} ${name}: ${worst.toExponential(2)}, tolerance ${tolerance.toExponential(2)}${share}${note === undefined ? '' : `, ${note}`}`
}
