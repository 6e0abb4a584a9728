/** Debian's chromium, and the editor in it with hands to move: drags, sockets, and what the document holds. */
import { chromium, type Browser, type Page } from 'playwright-core'

/** What `window.dicacheEditor` offers to tests. */
type Editor = {
  readonly canvas: {
    graphToPage: (point: readonly [number, number]) => [number, number]
    stats: { scriptMs: number[]; frames: number }
  }
  readonly state: () => {
    readonly active: string
    readonly runs: Map<string, { status: string; nodes: Map<string, { preview?: { bytes: Uint8Array } }> }>
    readonly tabs: readonly {
      id: string
      name: string
      runId?: string
      selection: Set<string>
      past: readonly unknown[]
      problems: readonly { message: string }[]
      trail: readonly string[]
      camera?: { scale: number; offset: readonly [number, number] }
      doc: { root: Graph; subgraphs: Map<string, { name: string; graph: Graph }> }
    }[]
  }
}
type Graph = {
  nodes: Map<string, Shown>
  links: Map<string, { from: string; fromSlot: number; to: string; toSlot: number }>
  groups: readonly { title: string; bounding: readonly number[] }[]
}
type Shown = {
  id: number
  type: string
  pos: [number, number]
  size: [number, number]
  widgets: unknown[]
  title?: string
  mode: number
  collapsed: boolean
  inputs: { name: string }[]
  outputs: { name: string }[]
}

/** Starts chromium without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}

/** The graph that is shown, and how it is looked at. */
export type Shows = {
  readonly name: string
  readonly nodes: readonly (Pick<Shown, 'id' | 'type' | 'pos' | 'size' | 'mode' | 'collapsed'> & {
    readonly title: string | null
  })[]
  readonly links: number
  readonly groups: Graph['groups']
  readonly subgraphs: number
  readonly depth: number
  readonly selection: readonly string[]
  readonly camera: { readonly scale: number; readonly offset: readonly [number, number] } | null
}

export type Hands = {
  readonly page: Page
  /** What the page wrote as errors, and what its policy refused. */
  readonly complaints: readonly string[]
  readonly open: (url: string) => Promise<void>
  readonly nodes: () => Promise<readonly Pick<Shown, 'id' | 'type' | 'widgets' | 'pos'>[]>
  readonly shows: () => Promise<Shows>
  /** `from.socket>to.socket`, sorted. */
  readonly links: () => Promise<readonly string[]>
  readonly drag: (from: readonly [number, number], to: readonly [number, number]) => Promise<void>
  /** Where a named socket is on the page. */
  readonly socket: (
    node: number,
    side: 'inputs' | 'outputs',
    name: string,
  ) => Promise<readonly [number, number]>
  /** Where a place of a node is on the page. */
  readonly place: (node: number, x: number, y: number) => Promise<readonly [number, number]>
  /** Whether a picture of the state so far came for a node of the shown run. */
  readonly previewed: (node: number) => Promise<boolean>
  /** Queues the workflow and waits for the end of its run. */
  readonly run: () => Promise<string>
}

/** A page of the editor. */
export async function openEditor(browser: Browser, size: { width: number; height: number }): Promise<Hands> {
  const context = await browser.newContext({
    viewport: size,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  page.setDefaultTimeout(9000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`))
  page.on('console', (message) => {
    const expected = /ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/.test(
      message.text(),
    )
    if (message.type() === 'error' && !expected) complaints.push(message.text())
  })

  const runId = (): Promise<string | undefined> =>
    page.evaluate(() => {
      const state = editorOf().state()
      return state.tabs.find(({ id }) => id === state.active)?.runId
      function editorOf(): Editor {
        return (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor
      }
    })

  return {
    page,
    complaints,
    async open(url) {
      await page.goto(url)
      await page.waitForSelector('.rail')
      await page.waitForFunction(() => {
        const { dicacheEditor } = globalThis as unknown as { dicacheEditor?: Editor }
        return (
          (dicacheEditor?.state().tabs.length ?? 0) > 0 &&
          document.querySelector('.connection, .canvas-note .spinner') === null
        )
      })
    },
    nodes: () =>
      page.evaluate(() => {
        const state = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor.state()
        const doc = state.tabs.find(({ id }) => id === state.active)?.doc
        return [...(doc?.root.nodes.values() ?? [])].map(({ id, type, widgets, pos }) => ({
          id,
          type,
          widgets,
          pos,
        }))
      }),
    shows: () =>
      page.evaluate((): Shows => {
        const state = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor.state()
        const tab = state.tabs.find(({ id }) => id === state.active)
        const inner = tab?.trail.at(-1)
        const graph = inner === undefined ? tab?.doc.root : tab?.doc.subgraphs.get(inner)?.graph
        return {
          name: tab?.name ?? '',
          nodes: [...(graph?.nodes.values() ?? [])].map(
            ({ id, type, pos, size, mode, collapsed, title = null }) => ({
              id,
              type,
              pos,
              size,
              mode,
              collapsed,
              title,
            }),
          ),
          links: graph?.links.size ?? 0,
          groups: graph?.groups.map(({ title, bounding }) => ({ title, bounding })) ?? [],
          subgraphs: tab?.doc.subgraphs.size ?? 0,
          depth: tab?.trail.length ?? 0,
          selection: [...(tab?.selection ?? [])],
          camera: tab?.camera ?? null,
        }
      }),
    links: () =>
      page.evaluate(() => {
        const state = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor.state()
        const root = state.tabs.find(({ id }) => id === state.active)?.doc.root
        return [...(root?.links.values() ?? [])]
          .map(({ from, fromSlot, to, toSlot }) => {
            const [source, target] = [root?.nodes.get(from), root?.nodes.get(to)]
            return `${source?.type}.${source?.outputs[fromSlot]?.name}>${target?.type}.${target?.inputs[toSlot]?.name}`
          })
          .toSorted()
      }),
    async drag(from, to) {
      await page.mouse.move(from[0], from[1])
      await page.mouse.down()
      await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2)
      await page.mouse.move(to[0], to[1], { steps: 3 })
      await page.mouse.up()
    },
    socket: (node, side, name) =>
      page.evaluate(
        ([key, end, wanted]) => {
          const { canvas, state } = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor
          const now = state()
          const shown = now.tabs.find(({ id }) => id === now.active)?.doc.root.nodes.get(String(key))
          if (shown === undefined) throw new Error(`no node ${key}`)
          const slot = shown[end].findIndex((candidate) => candidate.name === wanted)
          if (slot < 0) throw new Error(`node ${key} has no ${end} ${wanted}`)
          return canvas.graphToPage([
            shown.pos[0] + (end === 'inputs' ? 10 : shown.size[0] - 9),
            shown.pos[1] + (slot + 0.7) * 20,
          ])
        },
        [node, side, name] as const,
      ),
    place: (node, x, y) =>
      page.evaluate(
        ([key, dx, dy]) => {
          const { canvas, state } = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor
          const now = state()
          const shown = now.tabs.find(({ id }) => id === now.active)?.doc.root.nodes.get(String(key))
          if (shown === undefined) throw new Error(`no node ${key}`)
          return canvas.graphToPage([shown.pos[0] + dx, shown.pos[1] + dy])
        },
        [node, x, y] as const,
      ),
    previewed: (node) =>
      page.evaluate((key) => {
        const state = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor.state()
        const run = state.runs.get(state.tabs.find(({ id }) => id === state.active)?.runId ?? '')
        return (run?.nodes.get(String(key))?.preview?.bytes.length ?? 0) > 0
      }, node),
    async run() {
      const before = await runId()
      await page.keyboard.press('Control+Enter')
      return page
        .waitForFunction(
          (old) => {
            const state = (globalThis as unknown as { dicacheEditor: Editor }).dicacheEditor.state()
            const id = state.tabs.find((tab) => tab.id === state.active)?.runId
            const status = id === undefined || id === old ? undefined : state.runs.get(id)?.status
            return status === 'finished' || status === 'failed' || status === 'cancelled' ? status : false
          },
          before,
          { timeout: 60_000 },
        )
        .then(async (handle) => String(await handle.jsonValue()))
    },
  }
}
