/** Opens what the modules work with: database, host, worker, queue, log, metrics. */
import process from 'node:process'
import { createHost, createRunWorker, type HostOptions, openWorkflow } from '@dicache/host'
import { pino } from 'pino'
import { createCatalogue } from './catalogue.ts'
import { createMetrics } from './http/metrics.ts'
import { createModelRecorder } from './queue/model-recorder.ts'
import { openRunService } from './queue/run-service.ts'
import type { ServerOptions } from './server-options.ts'
import type { ServerServices } from './services.ts'
import { openStore } from './store/open-store.ts'
import { workerEnvironment } from './worker-environment.ts'

export type OpenedServices = {
  readonly services: ServerServices
  /** Begins to run what waits. */
  readonly start: () => void
  /** Ends the worker, for which what runs gets `graceMs`, and closes the database. */
  readonly close: (graceMs: number) => Promise<void>
}

/** @throws HostError HOME_IN_USE */
export async function openServices(options: ServerOptions): Promise<OpenedServices> {
  const log = pino({ level: options.logLevel ?? 'info', base: null }, options.logTo ?? pino.destination(2))
  const store = openStore(options.home)
  const hostOptions: HostOptions = {
    home: options.home,
    ...(options.models !== undefined && { models: options.models }),
    ...(options.output !== undefined && { output: options.output }),
    ...(options.device !== undefined && { device: options.device }),
    ...(options.threads !== undefined && { threads: options.threads }),
    ...(options.cache !== undefined && { cache: options.cache }),
    ...(options.packs !== undefined && { packModules: options.packs }),
  }
  const worker = createRunWorker({
    host: hostOptions,
    env: workerEnvironment(process.env),
    ...options.worker,
    onLine: (line) => log.info({ worker: line }, 'the worker says'),
    onRestart: (error) => log.error({ error: error.toJSON() }, 'the run worker died; another one is started'),
  })
  // The worker starts meanwhile.
  const host = await createHost(hostOptions).catch(async (error: unknown) => {
    await worker.dispose(0)
    await store.close()
    throw error
  })
  const models = createModelRecorder(store, host.hashes, log)
  const queue = openRunService({
    store,
    worker,
    host,
    models,
    log,
    limits: options.queue ?? {},
    nodeTimeoutMs: options.worker?.nodeTimeoutMs,
  })
  const services: ServerServices = {
    options,
    runs: queue.runs,
    catalogue: createCatalogue(host, openWorkflow),
    worker: {
      free: ({ models: unload = false, results = false }) => worker.free({ models: unload, results }),
      facts: worker.facts,
    },
    folders: host.folders,
    models: host.models,
    log,
    metrics: createMetrics(queue.runs, worker),
  }
  return {
    services,
    start() {
      models.settle()
      queue.start()
    },
    async close(graceMs) {
      queue.stop()
      await worker.dispose(graceMs)
      await models.dispose()
      await host.dispose()
      await store.close()
    },
  }
}
