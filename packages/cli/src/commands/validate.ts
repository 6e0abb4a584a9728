import process from 'node:process'
import { hasErrors, openWorkflow, readWorkflowFile } from '@dicache/host'
import { type Command, onePositional, readWords } from '../command.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'

export const command: Command = {
  usage: `dicache validate FILE|- [--set NAME=VALUE]… [--json]

Says everything that is wrong with a workflow at once, with the node and the place in the document. Exit code 2 when it cannot run.`,
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, { ...HOST_OPTIONS, set: { type: 'string', multiple: true } })
    const file = onePositional(words, 'workflow file')
    const host = await createHostFrom(words, env)
    try {
      const { problems, graph } = await openWorkflow(host, await readWorkflowFile(file, process.stdin), {
        settings: words.texts('set'),
        signal,
      })
      for (const { severity, code, message, nodeId, path } of problems) {
        terminal.line(
          `${severity} ${code}${nodeId === undefined ? '' : ` at node ${nodeId}`}: ${message}${path === undefined ? '' : ` (${path})`}`,
        )
      }
      const bad = hasErrors(problems)
      if (!bad) terminal.line(`${file} can run: ${graph?.nodes.size ?? 0} nodes`)
      terminal.result({ valid: !bad, problems })
      return bad ? 2 : 0
    } finally {
      await host.dispose()
    }
  },
}
