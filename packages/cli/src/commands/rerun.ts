import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { savedPath } from '@dicache/host'
import { programVersion, readRun } from '@dicache/server'
import { type Command, type CommandContext, onePositional, readWords, type Words } from '../command.ts'
import { createHostFrom, HOST_OPTIONS, homeOf } from '../host-options.ts'
import { compareRuns } from '../rerun/compare-runs.ts'
import { createRecorder, rerun } from '../rerun/rerun.ts'

export const command: Command = {
  usage: `dicache rerun RUN|last [--verify] [--out DIR] [--json] [--home DIR] [--models DIR]… [--device …] [--threads N]

Runs one of the server's runs again, from the document and the settings that its history has, without kept results.
--verify keeps no file, and compares every byte with what was saved then: exit code 0 when all are the same, 1 when not. What differs
is said, with what may be the reason: versions, device, weight files. The server may be running meanwhile.`,
  async run(context) {
    const words = readWords(context.args, { ...HOST_OPTIONS, verify: { type: 'boolean' } })
    if (!words.flag('verify')) return rerunOnce(words, context, undefined)
    const folder = await mkdtemp(path.join(tmpdir(), 'dicache-rerun-'))
    try {
      return await rerunOnce(words, context, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** @param folder where files go that are only compared */
async function rerunOnce(
  words: Words,
  { terminal, signal, env }: CommandContext,
  folder: string | undefined,
): Promise<number> {
  const record = await readRun(homeOf(words, env), onePositional(words, 'run'))
  const recorder = createRecorder()
  const host = await createHostFrom(words, env, {
    onSaved: recorder.onSaved,
    ...(folder !== undefined && { output: path.join(folder, 'output'), temp: path.join(folder, 'temp') }),
  })
  try {
    await host.checkDevice()
    const made = await rerun(host, record, { recorder, signal, program: programVersion() })
    if (made.status === 'cancelled') return 130
    const differences = compareRuns(record, made)
    const paths = made.files.map((file) => savedPath(host.folders, file))
    if (folder === undefined) for (const file of paths) terminal.line(file)
    else if (differences.length === 0)
      terminal.line(`run ${record.runId}: ${made.outputs.length} files, every byte the same`)
    if (folder !== undefined)
      for (const { what, was, is } of differences) terminal.line(`${what}: was ${was}, is ${is}`)
    const { status, outputs, models, versions } = made
    terminal.result({
      runId: record.runId,
      status,
      identical: differences.length === 0,
      differences,
      outputs,
      models,
      versions,
      ...(folder === undefined && { files: paths }),
    })
    if (folder !== undefined) return differences.some(({ what }) => isResult(what)) ? 1 : 0
    return status === 'finished' ? 0 : 1
  } finally {
    await host.dispose()
  }
}

/** Other versions that made the same bytes are told, and no failure. */
function isResult(what: string): boolean {
  return what === 'status' || what.startsWith('output ')
}
