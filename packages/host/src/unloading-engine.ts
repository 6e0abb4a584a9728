/** An engine that lets go of models when a run went out of memory, so that the next one starts with what there is. */
import type { Engine } from '@dicache/engine'

/** Wraps an engine. `unload` is called after a run that failed with OUT_OF_MEMORY, before its result is given. */
export function unloadingEngine(engine: Engine, unload: () => Promise<void>): Engine {
  return {
    validate: engine.validate,
    async run(graph, options) {
      const result = await engine.run(graph, options)
      if (result.status === 'failed' && result.error.code === 'OUT_OF_MEMORY') await unload()
      return result
    },
  }
}
