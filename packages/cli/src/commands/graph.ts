import path from 'node:path'
import { HostError } from '@dicache/protocol'
import { type Command, onePositional, readWords } from '../command.ts'

export const command: Command = {
  usage: `dicache graph FILE --out DIR [--depth M]

Writes the ONNX graphs that FILE would be run with, the weight file beside them as their external data. A transformer gives probe.onnx,
deep.onnx and reuse.onnx, cut after block M (default 1).`,
  async run({ args, terminal }) {
    const words = readWords(args, { depth: { type: 'string' }, out: { type: 'string' } })
    const file = onePositional(words, 'weight file')
    const folder = words.text('out')
    if (folder === undefined)
      throw new HostError('BAD_REQUEST', 'give --out DIR: the graphs and their weights are written there')
    const depth = words.count('depth', 1)
    const { writeGraphs } = await import('@dicache/verify')
    const { outputError } = await import('@dicache/host')
    const target = path.resolve(folder)
    const written = await writeGraphs(path.resolve(file), { depth, folder: target }).catch(
      (error: unknown) => {
        throw outputError(error, target)
      },
    )
    for (const graph of written) terminal.line(`${graph.file} (${graph.bytes} bytes, weights outside)`)
    terminal.result({ graphs: written })
    return 0
  },
}
