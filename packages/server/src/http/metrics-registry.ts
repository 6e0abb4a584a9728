/** Numbers for Prometheus, read when they are asked for. */
import process from 'node:process'
import type { RunWorker } from '@dicache/host'
import type { RunEvent } from '@dicache/protocol'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RunService } from '../services.ts'

const SECONDS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800]

/** Makes the registry. `take` counts what happened. */
export function createRegistry(
  runs: Pick<RunService, 'remaining' | 'isPaused'>,
  worker: Pick<RunWorker, 'facts'>,
): { readonly registry: Registry; readonly take: (event: RunEvent) => void } {
  const registers = [new Registry()]
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) })
  }
  gauge('dicache_queue_remaining', 'Runs that wait or are going', runs.remaining)
  gauge('dicache_queue_paused', '1 while the queue is paused', () => (runs.isPaused() ? 1 : 0))
  gauge('dicache_worker_up', '1 while there is a run worker', () => (worker.facts() === undefined ? 0 : 1))
  gauge('dicache_worker_restarts', 'How often the run worker died', () => worker.facts()?.restarts ?? 0)
  gauge('dicache_worker_resident_bytes', 'Memory of the run worker', () => worker.facts()?.rssBytes ?? 0)
  gauge('dicache_server_resident_bytes', 'Memory of the server', () => process.memoryUsage.rss())
  gauge('dicache_server_cpu_seconds', 'Time of processors that the server used', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  const ended = new Counter({
    name: 'dicache_runs_total',
    help: 'Runs that ended',
    labelNames: ['status'],
    registers,
  })
  const durations = new Histogram({
    name: 'dicache_run_seconds',
    help: 'How long runs took',
    buckets: SECONDS,
    registers,
  })
  const nodes = new Counter({
    name: 'dicache_nodes_total',
    help: 'Nodes that ran',
    labelNames: ['type'],
    registers,
  })
  const take = (event: RunEvent): void => {
    switch (event.type) {
      case 'run.finished':
      case 'run.failed':
      case 'run.cancelled':
        ended.inc({ status: event.type.slice('run.'.length) })
        durations.observe(event.durationMs / 1000)
        return
      case 'node.finished':
        nodes.inc({ type: event.nodeType })
        return
      default:
    }
  }
  const [registry = new Registry()] = registers
  return { registry, take }
}
