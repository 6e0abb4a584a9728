/** `bench editor`: the built editor in chromium without a window, against a server of its own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { HostError } from '@dicache/protocol'
import { createServer } from '@dicache/server'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import type { Command } from '../command.ts'

const EDITOR = fileURLToPath(new URL('../../../../web/dist', import.meta.url))
const CHROMIUM = '/usr/bin/chromium'
const NODES = 1000
const LINKS = 1500
const PAN_FRAMES = 120
const WORKFLOWS = 50

export const bench: Command = {
  usage: '',
  async run({ terminal }) {
    const home = await mkdtemp(path.join(tmpdir(), 'dicache-bench-'))
    const server = await createServer({ home, port: 0, editor: EDITOR, logLevel: 'silent' })
    try {
      const { url } = await server.listen()
      const browser = await chromium
        .launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--enable-precise-memory-info'] })
        .catch((cause: unknown) => {
          throw new HostError('FILE_NOT_FOUND', `bench editor needs chromium at ${CHROMIUM}`, { cause })
        })
      try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
        const figures = { shippedKb: await shippedKb(), ...(await measure(page, url)) }
        for (const [name, value] of Object.entries(figures)) terminal.line(`${name.padEnd(26)} ${value}`)
        terminal.result(figures)
      } finally {
        await browser.close()
      }
    } finally {
      await server.close()
      await rm(home, { recursive: true, force: true })
    }
    return 0
  },
}

/** Kilobytes of JavaScript, each file compressed by gzip. */
async function shippedKb(): Promise<number> {
  const folder = path.join(EDITOR, 'assets')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await readFile(path.join(folder, name))).length),
  )
  return round(sizes.reduce((sum, size) => sum + size, 0) / 1000)
}

type Figures = Readonly<Record<string, number>>

async function measure(page: Page, url: string): Promise<Figures> {
  await page.goto(url)
  // Milliseconds since the navigation began, when the default workflow is painted.
  const firstPaintMs = await ask(
    page,
    `new Promise((done) => { const look = () => { const s = window.dicacheEditor?.state(); const t = s?.tabs[0]; t?.doc.root.nodes.size > 0 && s.catalogStatus === 'ready' ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look) }; look() })`,
  )
  await page.evaluate(HELPERS)
  const openMs = await ask(page, `bench.open(${JSON.stringify(documentOf(NODES, LINKS))}, 'large')`)
  const all = await pan(page, 'fit')
  const near = await pan(page, 'near')
  const searchMs = await ask(page, 'bench.search()')
  const cdp = await page.context().newCDPSession(page)
  const small = JSON.stringify(documentOf(40, 60))
  await page.evaluate(`bench.cycle(10, ${small})`)
  const before = await heapMb(cdp)
  await page.evaluate(`bench.cycle(${WORKFLOWS}, ${small})`)
  const after = await heapMb(cdp)
  return {
    firstPaintMs: round(firstPaintMs),
    open1000NodesMs: round(openMs),
    panAllFps: round(all.fps),
    panAllScriptMs: round(all.scriptMs),
    panNearFps: round(near.fps),
    panNearScriptMs: round(near.scriptMs),
    searchLatencyMs: round(searchMs),
    heapBeforeMb: round(before),
    heapAfter50WorkflowsMb: round(after),
  }
}

async function pan(page: Page, zoom: 'fit' | 'near'): Promise<{ fps: number; scriptMs: number }> {
  return (await page.evaluate(`bench.pan('${zoom}', ${PAN_FRAMES})`)) as { fps: number; scriptMs: number }
}

async function ask(page: Page, script: string): Promise<number> {
  return Number(await page.evaluate(script))
}

async function heapMb(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}

/** A grid of nodes of one type, linked to their neighbours. */
function documentOf(nodes: number, links: number): string {
  const columns = 40
  const list = Array.from({ length: nodes }, (_, index) => ({
    id: index + 1,
    type: 'CompareImages',
    pos: [(index % columns) * 330, Math.floor(index / columns) * 220],
    size: [270, 130],
    inputs: ['reference', 'image'].map((name) => ({ name, type: 'IMAGE', link: null })),
    outputs: ['FLOAT', 'FLOAT', 'IMAGE', 'REPORT'].map((type, slot) => ({
      name: ['psnr', 'ssim', 'image', 'report'][slot],
      type,
    })),
    widgets_values: ['difference', 8],
  }))
  const wires = Array.from({ length: Math.min(links, 2 * (nodes - 1)) }, (_, index) => {
    const to = 2 + Math.floor(index / 2)
    return [index + 1, to - 1, 2, to, index % 2, 'IMAGE']
  })
  return JSON.stringify({ nodes: list, links: wires, version: 0.4 })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Runs in the page. */
const HELPERS = `window.bench = (() => {
  const { state, dispatch, canvas } = window.dicacheEditor
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]
  const active = () => state().tabs.find(({ id }) => id === state().active)
  async function open(text, name) {
    const before = state().tabs.length
    const data = new DataTransfer()
    data.items.add(new File([text], name + '.json'))
    const start = performance.now()
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    while (state().tabs.length === before) await frame()
    await frame()
    return performance.now() - start
  }
  return {
    open,
    async pan(zoom, frames) {
      const fit = active().camera
      const scale = zoom === 'fit' ? fit.scale : 1
      canvas.stats.scriptMs.length = 0
      const times = []
      let last = performance.now()
      for (let at = 0; at < frames; at++) {
        canvas.setView({ scale, offset: [-at * 6 / scale, -at * 3 / scale] })
        await frame()
        const now = performance.now()
        times.push(now - last)
        last = now
      }
      return { fps: 1000 / median(times), scriptMs: median(canvas.stats.scriptMs) }
    },
    async search() {
      document.querySelector('#canvas').focus()
      document.querySelector('#canvas').dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true }))
      await frame(); await frame()
      const input = document.querySelector('.search input')
      const times = []
      for (const letter of 'empty latent') {
        const start = performance.now()
        input.value += letter
        input.dispatchEvent(new Event('input', { bubbles: true }))
        await frame(); await new Promise((done) => setTimeout(done))
        times.push(performance.now() - start)
      }
      dispatch({ type: 'overlay', overlay: undefined })
      return median(times)
    },
    async cycle(count, text) {
      for (let at = 0; at < count; at++) {
        await open(text, 'w' + at)
        dispatch({ type: 'tab.closed', id: state().active })
        await frame()
      }
    },
  }
})(); 0`
