/**
 * `bench engine`: what the engine itself costs. Graphs of cheap image nodes, from the text of the document to the last
 * event, every event written as JSON. ComfyUI's figures were measured on a machine like ours: two cores, CPU only.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createHost, type Host, openWorkflow, planWorkflow } from '@dicache/host'
import { HostError } from '@dicache/protocol'
import { type Command, readWords } from '../command.ts'

/** ComfyUI 0.3.64, the same chain: nodes a second, and prompts of two nodes a second. */
const COMFY = { first: 119, cached: 140, prompts: 254 } as const
const DISK_BYTES = 2 ** 30

type Spent = { readonly wallMs: number; readonly cpuMs: number }

export const bench: Command = {
  usage: '',
  async run({ args, terminal, signal }) {
    const runs = readWords(args, { runs: { type: 'string' } }).count('runs', 5, 1)
    const home = await mkdtemp(path.join(tmpdir(), 'dicache-bench-'))
    const open = (diskBytes: number): Promise<Host> =>
      createHost({ home, device: 'cpu', cache: { diskBytes } })
    const hosts: Host[] = []
    try {
      const memory = await open(0)
      hosts.push(memory)
      let colour = 0
      const measureChain = async (host: Host, length: number) => {
        const text = chain(length, ++colour)
        const first = await timed(() => runText(host, text, signal))
        const cached = await timed(() => runText(host, text, signal))
        return { text, first, cached }
      }
      const cold = await measureChain(memory, 200)
      for (let warm = 0; warm < 3; warm++) await measureChain(memory, 200)
      const measured: { first: Spent; cached: Spent }[] = []
      for (let run = 0; run < runs; run++) measured.push(await measureChain(memory, 200))
      const first = medianOf(measured.map((each) => each.first))
      const cached = medianOf(measured.map((each) => each.cached))

      const disk = await open(DISK_BYTES)
      hosts.push(disk)
      const stored: Spent[] = []
      const found: Spent[] = []
      for (let run = 0; run < runs; run++) {
        const { text, first: storing } = await measureChain(disk, 200)
        stored.push(storing)
        const restarted = await open(DISK_BYTES)
        hosts.push(restarted)
        found.push(await timed(() => runText(restarted, text, signal)))
      }

      const depths: (Spent & { readonly length: number })[] = []
      for (const length of [125, 250, 500, 1000, 2000]) {
        const several: Spent[] = []
        for (let run = 0; run < runs; run++) several.push((await measureChain(memory, length)).first)
        depths.push({ length, ...medianOf(several) })
      }
      const graph = await measurePlanning(memory, runs, signal)
      const prompts = await timed(async () => {
        for (let run = 0; run < 200; run++) await runText(memory, chain(0, ++colour), signal)
      })

      const rows = [
        row('chain of 200, first', first, COMFY.first),
        row('chain of 200, unchanged', cached, COMFY.cached),
        row('first, results kept on disk too', medianOf(stored), COMFY.first),
        row('unchanged, in a new process (disk)', medianOf(found), COMFY.cached),
        row('chain of 200, the first of the process', cold.first, COMFY.first),
      ]
      for (const { name, nodesPerSecond, wallMs, cpuMs, timesComfy } of rows) {
        terminal.line(
          `${name.padEnd(40)} ${nodesPerSecond.toFixed(0).padStart(7)} nodes/s  ${wallMs.toFixed(1).padStart(7)} ms (processor ${cpuMs.toFixed(1)} ms)  ${timesComfy.toFixed(0)}× ComfyUI`,
        )
      }
      for (const { length, wallMs, cpuMs } of depths) {
        terminal.line(
          `chain of ${String(length).padEnd(31)} ${((cpuMs * 1000) / length).toFixed(0).padStart(7)} µs/node  ${wallMs.toFixed(1).padStart(7)} ms (processor ${cpuMs.toFixed(1)} ms)`,
        )
      }
      const growth = growthOf(depths)
      terminal.line(`time grows with depth to the power of ${growth.toFixed(2)} (1 is linear, ComfyUI 2.2)`)
      terminal.line(
        `10,000 nodes: read ${graph.read.wallMs.toFixed(0)} ms, validated and planned ${graph.planned.wallMs.toFixed(0)} ms (processor ${graph.planned.cpuMs.toFixed(0)} ms)`,
      )
      const perSecond = 200_000 / prompts.wallMs
      terminal.line(
        `runs of two nodes, one after the other: ${perSecond.toFixed(0)} a second, ${(perSecond / COMFY.prompts).toFixed(1)}× ComfyUI`,
      )
      terminal.result({ rows, depths, growth, graph, runsPerSecond: perSecond, comfy: COMFY })
      return 0
    } finally {
      for (const host of hosts) await host.dispose()
      await rm(home, { recursive: true, force: true })
    }
  },
}

/** EmptyImage → `length` × ImageInvert → PreviewImage, 64 × 64, as the text of an API document. */
function chain(length: number, colour: number): string {
  const inverts = Array.from({ length }, (_, index) => [
    `i${index}`,
    { class_type: 'ImageInvert', inputs: { image: [index === 0 ? 'empty' : `i${index - 1}`, 0] } },
  ])
  return JSON.stringify({
    empty: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: colour } },
    ...Object.fromEntries(inverts),
    out: {
      class_type: 'PreviewImage',
      inputs: { images: [length === 0 ? 'empty' : `i${length - 1}`, 0] },
    },
  })
}

/** 1,250 branches of eight nodes over one start. */
function wideGraph(): string {
  const nodes: Record<string, unknown> = {
    start: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 1 } },
  }
  for (let branch = 0; branch < 1250; branch++) {
    for (let step = 0; step < 7; step++) {
      const from = step === 0 ? 'start' : `${branch}.${step - 1}`
      nodes[`${branch}.${step}`] = { class_type: 'ImageInvert', inputs: { image: [from, 0] } }
    }
    nodes[`${branch}.out`] = { class_type: 'PreviewImage', inputs: { images: [`${branch}.6`, 0] } }
  }
  return JSON.stringify(nodes)
}

async function measurePlanning(host: Host, runs: number, signal: AbortSignal) {
  const text = wideGraph()
  const read: Spent[] = []
  const planned: Spent[] = []
  for (let run = 0; run < runs; run++) {
    const opened = await openWorkflow(host, text, { signal })
    read.push(await timed(() => openWorkflow(host, text, { signal })))
    planned.push(
      await timed(async () => {
        if (opened.graph === undefined) throw new HostError('INTERNAL', 'the graph of the bench is no graph')
        const validation = await host.engine.validate(opened.graph, { signal })
        if (planWorkflow(host, { ...opened, validation }).length < 10_000)
          throw new HostError('INTERNAL', 'the graph of the bench was not planned whole')
      }),
    )
  }
  return { read: medianOf(read), planned: medianOf(planned) }
}

async function runText(host: Host, text: string, signal: AbortSignal): Promise<void> {
  const opened = await openWorkflow(host, text, { signal })
  if (opened.graph === undefined || opened.validation === undefined)
    throw new HostError('INTERNAL', 'the chain of the bench is no workflow')
  let told = 0
  const { status } = await host.engine.run(opened.graph, {
    validation: opened.validation,
    signal,
    onEvent: (event) => {
      told += JSON.stringify(event).length
    },
  })
  if (status === 'cancelled') signal.throwIfAborted()
  if (status !== 'finished' || told === 0) throw new HostError('INTERNAL', `the chain of the bench ${status}`)
}

async function timed(work: () => Promise<unknown>): Promise<Spent> {
  const cpu = process.cpuUsage()
  const startedAtMs = performance.now()
  await work()
  const wallMs = performance.now() - startedAtMs
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs, cpuMs: (user + system) / 1000 }
}

function medianOf(values: readonly Spent[]): Spent {
  const middle = (pick: (each: Spent) => number): number =>
    values.map(pick).sort((a, b) => a - b)[values.length >> 1] ?? 0
  return { wallMs: middle(({ wallMs }) => wallMs), cpuMs: middle(({ cpuMs }) => cpuMs) }
}

function row(name: string, spent: Spent, comfy: number) {
  const nodesPerSecond = 202_000 / spent.wallMs
  return { name, nodesPerSecond, timesComfy: nodesPerSecond / comfy, ...spent }
}

/** The exponent of time over length, by least squares on logarithms. */
function growthOf(depths: readonly { readonly length: number; readonly cpuMs: number }[]): number {
  const points = depths.map(({ length, cpuMs }) => [Math.log(length), Math.log(cpuMs)] as const)
  const mean = (pick: 0 | 1): number => points.reduce((sum, point) => sum + point[pick], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const slope = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0)
  return slope / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
}
