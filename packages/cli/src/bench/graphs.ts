/** `bench graphs`: building the ONNX graphs of a 57-block FLUX from sizes only. */
import { benchGraphBuild } from '@dicache/verify'
import type { Command } from '../command.ts'

export const bench: Command = {
  usage: '',
  async run({ terminal }) {
    const figures = await benchGraphBuild(() => performance.now())
    terminal.line(
      `graphs of a ${figures.blocks}-block FLUX: ${figures.nodes} nodes, ${(figures.bytes / 1e6).toFixed(2)} MB`,
    )
    terminal.line(`first ${figures.firstMs.toFixed(0)} ms, median ${figures.medianMs.toFixed(0)} ms`)
    terminal.result(figures)
    return 0
  },
}
