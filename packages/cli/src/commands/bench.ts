import { HostError } from '@dicache/protocol'
import { type Command, readWords } from '../command.ts'
import { HOST_OPTIONS } from '../host-options.ts'

const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Command }>>> = {
  sampler: () => import('../bench/sampler.ts'),
  graphs: () => import('../bench/graphs.ts'),
  engine: () => import('../bench/engine.ts'),
  study: () => import('../bench/study.ts'),
  editor: () => import('../bench/editor.ts'),
  server: () => import('../bench/server.ts'),
}

export const command: Command = {
  usage: `dicache bench sampler [FILE] [--set NAME=VALUE]… [--runs 5] [--json]
dicache bench graphs [--json]
dicache bench engine [--runs 5] [--json]
dicache bench editor [--json]
dicache bench server [--json]
dicache bench study [--prompts 24] [--seeds 2] [--out DIR] [--json]

sampler: runs a workflow with and without its step cache in turn, and prints medians: ms a computed and a reused step, step ratio, wall
speed-up beside the FLOP-ideal one, GFLOP/s of each graph beside matrix products of the same shapes, peak memory, cold start.
study: step caches and fewer steps side by side on the bundled model; writes results.json, rows.csv, table.md and two plots.
engine: nodes/s of a chain of 200 cheap image nodes, first and cached, in memory and on disk, beside ComfyUI's figures; how time grows
with depth; 10,000 nodes validated and planned; runs of two nodes a second.
editor: the built editor in chromium: first paint, opening and panning 1,000 nodes, search, shipped JavaScript, heap.
server: requests and runs per second, time to the first event, memory after 2,000 runs, 200 clients that get pictures, cold start; each beside
ComfyUI's figure where there is one.
graphs: how long building the ONNX graphs of a 57-block FLUX takes.`,
  async run(context) {
    const words = readWords(context.args, {
      ...HOST_OPTIONS,
      set: { type: 'string', multiple: true },
      runs: { type: 'string' },
      prompts: { type: 'string' },
      seeds: { type: 'string' },
    })
    const [what = ''] = words.positionals
    const load = Object.hasOwn(BENCHES, what) ? BENCHES[what] : undefined
    if (load === undefined)
      throw new HostError(
        'BAD_REQUEST',
        `there is no bench "${what}"; choose one of ${Object.keys(BENCHES).join(', ')}`,
      )
    const { bench } = await load()
    return bench.run(context)
  },
}
