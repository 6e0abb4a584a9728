/** A graph that is built when it is first asked for. */
import type { GraphBuilder } from '@dicache/onnx'
import type { GraphSource } from '@dicache/tensor'
import type { WeightFile } from '@dicache/weights'

/** A source of `build`'s graph; `key` must name everything that the graph depends on. */
export function lazyGraph(file: WeightFile, key: string, build: () => GraphBuilder): GraphSource {
  let built: GraphBuilder | undefined
  const graph = (): GraphBuilder => (built ??= build())
  return {
    key,
    dataFolder: file.folder,
    get weightBytes() {
      return graph().summary().weightBytes
    },
    bytes: () => graph().build(),
  }
}
