/** How long building the graphs of a published FLUX takes, from sizes alone. */
import { buildFluxDeep, buildFluxProbe, buildFluxReuse, detectFlux } from '@dicache/models'

import { median } from './median.ts'
import { syntheticFlux } from './synthetic-flux.ts'

export type GraphBuildFigures = {
  readonly blocks: number
  readonly nodes: number
  readonly bytes: number
  readonly medianMs: number
  readonly firstMs: number
}

/** Builds and serialises probe, deep and reuse of a 19 + 38 block FLUX of width 3072, `runs` times. */
export async function benchGraphBuild(now: () => number, runs: number = 7): Promise<GraphBuildFigures> {
  const file = syntheticFlux({
    hidden: 3072,
    headDim: 128,
    doubleBlocks: 19,
    singleBlocks: 38,
  })
  const times: number[] = []
  let nodes = 0
  let bytes = 0
  for (let n = 0; n < runs; n += 1) {
    const started = now()
    const config = detectFlux(file)
    if (config === undefined) throw new TypeError('the synthetic file is not recognised as FLUX')
    const graphs = [buildFluxProbe, buildFluxDeep, buildFluxReuse].map((build) =>
      build({ file, config, depth: 1, compute: 'float32', weights: 'streamed' }),
    )
    bytes = 0
    for (const graph of graphs) bytes += (await graph.build()).length
    times.push(now() - started)
    nodes = graphs.reduce((sum, graph) => sum + graph.summary().nodes.length, 0)
  }
  return { blocks: 57, nodes, bytes, medianMs: median(times), firstMs: times[0] ?? Number.NaN }
}
