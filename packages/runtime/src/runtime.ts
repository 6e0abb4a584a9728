/** Sessions by key: opened once, kept while the memory budget allows, the least recently used unloaded first. */
import type { GraphSession, GraphSource, OpenGraph } from '@dicache/tensor'
import { chooseDevice, type Device, type DeviceChoice } from './device.ts'
import { cudaInstalled } from './cuda-library.ts'
import { openSession, type OpenedSession, type SessionSettings } from './open-session.ts'
import { probeGraph } from './probe-graph.ts'
import { RuntimeError } from './runtime-error.ts'

export type RuntimeOptions = {
  /** @defaultValue 'auto' */
  readonly device?: DeviceChoice
  /** @defaultValue 0, which is one per physical core */
  readonly threads?: number
  /** Bytes of weights that may stay loaded. The session in use is never unloaded. @defaultValue Infinity */
  readonly memoryBudgetBytes?: number
  readonly optimization?: SessionSettings['optimization']
}

export type Runtime = {
  readonly device: Device
  readonly openGraph: OpenGraph
  readonly loaded: () => readonly { readonly key: string; readonly weightBytes: number }[]
  /** Unloads everything that is not running. */
  readonly unloadAll: () => Promise<void>
  /** Refuses new work, waits for what is running, and unloads everything. */
  readonly dispose: () => Promise<void>
}

type Entry = {
  readonly opened: Promise<OpenedSession>
  readonly weightBytes: number
  usedAt: number
  running: number
}

/** How a session is opened; tests give one that needs no ONNX Runtime. */
export type Open = (source: GraphSource, settings: SessionSettings) => Promise<OpenedSession>

/**
 * Creates the runtime and resolves its device.
 * @throws RuntimeError DEVICE_UNAVAILABLE when the device asked for opens no session here.
 */
export async function createRuntime(
  options: RuntimeOptions = {},
  open: Open = openSession,
): Promise<Runtime> {
  const budget = options.memoryBudgetBytes ?? Number.POSITIVE_INFINITY
  const base = { threads: options.threads ?? 0, optimization: options.optimization ?? ('all' as const) }
  const device = await chooseDevice(options.device ?? 'auto', {
    cudaInstalled,
    async tryDevice(candidate) {
      const session = await open(probeGraph, { ...base, device: candidate })
      await session.dispose()
    },
  })
  const settings: SessionSettings = { ...base, device }
  const entries = new Map<string, Entry>()
  /** Loads and runs that are not over; none of them rejects. */
  const uses = new Set<Promise<unknown>>()
  let clock = 0
  let disposed = false

  async function makeRoom({ key: wanted }: GraphSource, bytes: number): Promise<void> {
    const idle = [...entries]
      .filter(([, entry]) => entry.running === 0)
      .toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [key, entry] of idle) {
      const others = [...entries].filter(([held]) => held !== wanted)
      const held = others.reduce((sum, [, { weightBytes }]) => sum + weightBytes, 0)
      if (held + bytes <= budget) return
      // While another one was unloaded, this one may have been taken into use or away.
      if (entry.running > 0 || entries.get(key) !== entry) continue
      entries.delete(key)
      await (await entry.opened).dispose()
    }
  }

  /** Begins to load a graph. Building it may throw, and does so before anything else has begun. */
  function start(source: GraphSource): Entry {
    const { weightBytes } = source
    const opened = makeRoom(source, weightBytes).then(() => open(source, settings))
    return { opened, weightBytes, usedAt: clock, running: 0 }
  }

  /** The entry of a graph, loaded, and counted as running from now on: nobody may unload it before its use is over. */
  async function take(source: GraphSource): Promise<Entry> {
    const entry = entries.get(source.key) ?? start(source)
    entries.set(source.key, entry)
    entry.running += 1
    try {
      await entry.opened
      return entry
    } catch (error) {
      entry.running -= 1
      if (entries.get(source.key) === entry) entries.delete(source.key)
      throw error
    }
  }

  async function useNow<T>(source: GraphSource, work: (session: OpenedSession) => Promise<T>): Promise<T> {
    if (disposed) throw new RuntimeError('RUNTIME_DISPOSED', 'the runtime was shut down')
    const entry = await take(source)
    clock += 1
    entry.usedAt = clock
    try {
      return await work(await entry.opened)
    } finally {
      entry.running -= 1
    }
  }

  function use<T>(source: GraphSource, work: (session: OpenedSession) => Promise<T>): Promise<T> {
    const running = useNow(source, work)
    const over: Promise<boolean> = running.then(
      () => uses.delete(over),
      () => uses.delete(over),
    )
    uses.add(over)
    return running
  }

  async function unloadAll(): Promise<void> {
    const idle = [...entries].filter(([, entry]) => entry.running === 0)
    for (const [key] of idle) entries.delete(key)
    await Promise.all(idle.map(async ([, { opened }]) => (await opened).dispose()))
  }

  return {
    device,
    /** The session reopens by itself when it was unloaded between two calls. */
    async openGraph(source, signal): Promise<GraphSession> {
      signal?.throwIfAborted()
      await use(source, async () => undefined)
      return { run: (inputs, runOptions) => use(source, (session) => session.run(inputs, runOptions)) }
    },
    loaded: () => [...entries].map(([key, { weightBytes }]) => ({ key, weightBytes })),
    unloadAll,
    async dispose() {
      disposed = true
      await Promise.all(uses)
      await unloadAll()
    },
  }
}
