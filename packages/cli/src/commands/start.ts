import { fileURLToPath } from 'node:url'
import type { Command } from '../command.ts'
import { command as run } from './run.ts'

/** Until the editor is there: runs the default workflow, and says where the picture is. */
export const command: Command = {
  usage: 'dicache start\n\nRuns the default workflow with the bundled model and says where the picture is.',
  async run(context) {
    const workflow = fileURLToPath(new URL('../../../../workflows/emoji-flux-dicache.json', import.meta.url))
    context.terminal.line(
      'Running workflows/emoji-flux-dicache.json: "a fox, 3d style" with the bundled model.',
    )
    const code = await run.run({ ...context, args: [workflow, ...context.args] })
    if (code === 0) {
      context.terminal.line(
        'The last line is the picture. Next: npm run -s dicache -- run workflows/emoji-flux-dicache.json --set prompt="blue heart, flat"',
      )
    }
    return code
  },
}
