import process from 'node:process'
import { hasErrors, openWorkflow, readWorkflowFile } from '@dicache/host'
import { type Command, onePositional, readWords } from '../command.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import { describeProblem } from '../run-workflow.ts'

export const command: Command = {
  usage: `dicache validate FILE|- [--set NAME=VALUE]… [--json]

Says everything that is wrong with a workflow at once, with the node and the place in the document. FILE is JSON, or a PNG or WebP
picture that carries its workflow. Exit code 2 when it cannot run.`,
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, { ...HOST_OPTIONS, set: { type: 'string', multiple: true } })
    const file = onePositional(words, 'workflow file')
    const host = await createHostFrom(words, env)
    try {
      const text = await readWorkflowFile(file, process.stdin, signal)
      const { problems, graph } = await openWorkflow(host, text, { settings: words.texts('set'), signal })
      for (const problem of problems) terminal.line(describeProblem(problem))
      const bad = hasErrors(problems)
      if (!bad) terminal.line(`${file} can run: ${graph?.nodes.size ?? 0} nodes`)
      terminal.result({ valid: !bad, problems })
      return bad ? 2 : 0
    } finally {
      await host.dispose()
    }
  },
}
