import process from 'node:process'
import { convertWorkflow, FORMATS, hasErrors, readDefinitions, readWorkflowFile } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import { type Command, onePositional, readWords } from '../command.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'
import { describeProblem } from '../run-workflow.ts'

export const command: Command = {
  usage: `dicache convert FILE|- --to api|ui [--nodes FILE]

Writes a workflow in ComfyUI's API format (what is sent to run it), or in the editor's format with a layout. The result
goes to stdout, what was wrong with FILE to stderr. FILE is JSON, or a PNG or WebP picture that carries its workflow; one
that is in the wanted format already is written as it is.
--nodes gives the definitions of node types that are not installed: a file with what a ComfyUI answers to GET /object_info.
ComfyUI's own most used nodes are known without it. Exit code 2 when FILE cannot be converted as a whole.`,
  async run({ args, terminal, signal, env }) {
    const words = readWords(args, { ...HOST_OPTIONS, to: { type: 'string' }, nodes: { type: 'string' } })
    const file = onePositional(words, 'workflow file')
    const to = FORMATS.find((format) => format === words.text('to'))
    if (to === undefined) throw new HostError('BAD_REQUEST', `give --to ${FORMATS.join(' or --to ')}`)
    const nodes = words.text('nodes')
    const definitions = nodes === undefined ? undefined : readDefinitions(await readWorkflowFile(nodes))
    const host = await createHostFrom(words, env)
    try {
      const text = await readWorkflowFile(file, process.stdin, signal)
      const converted = await convertWorkflow(host, text, { to, ...(definitions && { definitions }) })
      for (const problem of converted.problems) terminal.note(describeProblem(problem))
      if (converted.text === undefined || hasErrors(converted.problems)) {
        terminal.result({ problems: converted.problems })
        return 2
      }
      process.stdout.write(converted.text)
      return 0
    } finally {
      await host.dispose()
    }
  },
}
