/** The numbers that `/metrics` tells; what keeps them is loaded with the first run that tells something, or the first question. */
import type { RunWorker } from '@dicache/host'
import type { Metrics, RunService } from '../services.ts'
import type { createRegistry } from './metrics-registry.ts'

export function createMetrics(runs: RunService, worker: Pick<RunWorker, 'facts'>): Metrics {
  let opened: ReturnType<typeof createRegistry> | undefined
  let opening: Promise<NonNullable<typeof opened>> | undefined
  const open = (): NonNullable<typeof opening> =>
    (opening ??= import('./metrics-registry.ts').then(
      (module) => (opened = module.createRegistry(runs, worker)),
    ))
  runs.onEvent((event) => {
    if (opened === undefined) void open().then(({ take }) => take(event))
    else opened.take(event)
  })
  return {
    async read() {
      const { registry } = await open()
      return { text: await registry.metrics(), contentType: registry.contentType }
    },
  }
}
