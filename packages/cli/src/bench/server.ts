/** `bench server`: the server from outside, through real sockets, beside ComfyUI's figures. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from '../command.ts'
import { connectApi } from './server/api-client.ts'
import {
  chainPrompt,
  measurePosts,
  measurePreviews,
  measureRoundTrips,
  measureRuns,
  quantile,
  textPrompt,
} from './server/figures.ts'
import { coldServe, startBenchServer } from './server/processes.ts'
import { connectSocket } from './server/socket-client.ts'

/** ComfyUI 0.3.64 with --cpu on two cores; wall times on a busy machine, so upper bounds. */
const COMFYUI = {
  coldStartMs: 8900,
  idleMb: 855,
  postMs: 5.9,
  oneNodeMs: 2.5,
  hundredInARowMs: 273,
  twoNodeRunsPerSecond: 254,
} as const

const COLD_STARTS = 3
const SOCKETS = 200
const RUNS = 2000
const WARM_UP = 50

export const bench: Command = {
  usage: '',
  async run({ terminal }) {
    const folder = await mkdtemp(path.join(tmpdir(), 'dicache-bench-'))
    const show = (what: string, ours: string, theirs?: string | number): void =>
      terminal.line(
        `${what.padEnd(46)} ${ours.padStart(28)}${theirs === undefined ? '' : `   ComfyUI ${theirs}`}`,
      )
    try {
      const starts = []
      for (let n = 0; n < COLD_STARTS; n += 1) starts.push(await coldServe(path.join(folder, `cold-${n}`)))
      const coldStartMs = quantile(
        starts.map(({ ms }) => ms),
        0.5,
      )
      const idle = starts.at(-1)
      const idleMb = mb((idle?.serverBytes ?? 0) + (idle?.workerBytes ?? 0))
      show('cold start until /system_stats', `${coldStartMs.toFixed(0)} ms`, `${COMFYUI.coldStartMs} ms`)
      show(
        'memory when idle, server + worker',
        `${mb(idle?.serverBytes ?? 0)} + ${mb(idle?.workerBytes ?? 0)} = ${idleMb} MB`,
        `${COMFYUI.idleMb} MB`,
      )

      const server = await startBenchServer(path.join(folder, 'home'))
      try {
        const api = await connectApi(server.url, 'bench')
        const socket = await connectSocket(server.url)
        await measureRuns(
          api,
          Array.from({ length: WARM_UP }, (_, n) => textPrompt(-n)),
        )
        const posts = await measurePosts(api, socket)
        show(
          'POST /prompt of 200 nodes, p50 / p99',
          `${posts.p50Ms.toFixed(1)} / ${posts.p99Ms.toFixed(1)} ms`,
          `${COMFYUI.postMs} ms`,
        )
        show('the same, 8 at once', `${posts.perSecond.toFixed(0)} requests/s`)
        const trips = await measureRoundTrips(api, 100)
        show('one node, POST until the first event', `${trips.firstMs.toFixed(2)} ms`)
        show('one node, POST until executing null', `${trips.endMs.toFixed(2)} ms`, `${COMFYUI.oneNodeMs} ms`)
        show('100 of them in a row', `${trips.inARowMs.toFixed(0)} ms`, `${COMFYUI.hundredInARowMs} ms`)
        const oneNode = await measureRuns(
          api,
          Array.from({ length: 400 }, (_, n) => textPrompt(1000 + n)),
        )
        show('one-node runs', `${oneNode.toFixed(0)} /s`)
        const pair = chainPrompt(2, 3)
        await measureRuns(api, [pair])
        const twoNodes = await measureRuns(
          api,
          Array.from({ length: 400 }, () => pair),
        )
        show('two-node runs', `${twoNodes.toFixed(0)} /s`, `${COMFYUI.twoNodeRunsPerSecond} /s`)

        const memoryMb: string[] = []
        for (let n = 0; n < RUNS; n += 500) {
          await measureRuns(
            api,
            Array.from({ length: 500 }, (_, at) => textPrompt(10_000 + n + at)),
          )
          memoryMb.push(`${mb(await server.serverBytes())}+${mb(await server.workerBytes())}`)
        }
        show('memory after 500, 1,000, 1,500, 2,000 runs, MB', memoryMb.join(' '))
        const previews = await measurePreviews(server, SOCKETS)
        show(
          `${SOCKETS} sockets, 10 pictures of 20 kB a second`,
          `${(previews.share * 100).toFixed(0)} % arrived, ${previews.perSecond.toFixed(0)} /s, ${mb(previews.serverBytes)} MB`,
        )
        terminal.result({
          coldStartMs,
          idleMb,
          posts,
          trips,
          oneNodeRunsPerSecond: oneNode,
          twoNodeRunsPerSecond: twoNodes,
          memoryMb,
          previews,
          comfyui: COMFYUI,
        })
        api.close()
        socket.close()
      } finally {
        await server.stop()
      }
      return 0
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}
