/** Starts the editor: store, canvas, socket, panels, and what connects them. */
import { render } from 'lit'
import { createCanvas } from '../canvas/create-canvas.ts'
import type { CanvasHandle } from '../canvas/canvas-handle.ts'
import { createServerLink } from '../server/server-link.ts'
import { listTemplates, writeWorkflow } from '../server/workflows.ts'
import { page } from '../panels/page.ts'
import { activeTab, INITIAL_STATE } from '../state/app/app-state.ts'
import type { AppState } from '../state/app/app-state.ts'
import { canvasHandlers } from './canvas-handlers.ts'
import { keepFitted, showNodes } from './camera.ts'
import { runCommand } from './commands/commands.ts'
import type { Context } from './context.ts'
import { openTemplate, tell } from './documents.ts'
import { listenToClipboard, listenToDrops } from './exchange.ts'
import { listenToKeys } from './keys.ts'
import { keepDrafts, restoreDrafts } from './drafts.ts'
import { keepSaved } from './keep-saved.ts'
import { createSaver } from './saver.ts'
import { claimWindow } from './windows.ts'
import { tellFailure, tellProgress } from './progress.ts'
import { catchUp } from './runs.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'
import { viewOf } from './view-of.ts'

const DEFAULT_TEMPLATE = 'emoji-flux-dicache.json'
const TOAST_MS = 9000

/** Builds the editor into the page. */
export async function createEditor(element: HTMLCanvasElement, root: HTMLElement): Promise<void> {
  const own = await claimWindow()
  const store = createStore({ ...INITIAL_STATE, ...restoreDrafts(own) })
  let nextToast = 1
  let wanted: string | undefined
  const link = createServerLink({
    onLink(state) {
      store.dispatch({ type: 'link.changed', link: state })
      if (state === 'online') void catchUp(context)
    },
    onEvents: ({ runId, events }) => store.dispatch({ type: 'run.events', runId, events }),
    onPreview({ runId, displayId, mimeType, widthPx, heightPx }, image) {
      const bytes = new Uint8Array(image)
      store.dispatch({
        type: 'run.previewed',
        runId,
        nodeId: displayId,
        preview: { mimeType, widthPx, heightPx, bytes },
      })
    },
    onQueue(change) {
      store.dispatch({ type: 'queue.changed', change })
      if (store.state().queue === undefined) {
        void link
          .ask('queue.watch', {})
          .then((answer) => answer.ok && store.dispatch({ type: 'queue.snapshot', queue: answer.value }))
      }
    },
    onNodesChanged: () => void catchUp(context),
  })
  const context: Context = {
    store,
    link,
    save: createSaver(store, writeWorkflow),
    canvas: () => canvas,
    toast(tone, text, jumpTo) {
      const id = nextToast++
      store.dispatch({ type: 'toast', toast: { id, tone, text, ...(jumpTo !== undefined && { jumpTo }) } })
      setTimeout(() => store.dispatch({ type: 'toast.gone', id }), TOAST_MS)
    },
    focus(selector) {
      // Painted at once: the next key may come before the next frame.
      wanted = selector
      paint()
    },
  }
  const canvas: CanvasHandle = createCanvas(element, canvasHandlers(context))

  let scheduled = false
  function schedule(): void {
    if (scheduled) return
    scheduled = true
    requestAnimationFrame(paint)
  }
  function paint(): void {
    scheduled = false
    const state = store.state()
    render(page({ state, context, run: (command) => runCommand(context, command) }), root)
    if (wanted === undefined) return
    const found = document.querySelector<HTMLElement>(wanted)
    wanted = undefined
    found?.focus()
    if (found instanceof HTMLInputElement) found.select()
  }

  store.follow((state, before) => {
    showOnCanvas({ canvas, store }, state, before)
    if (state.theme !== before.theme) document.documentElement.dataset['theme'] = state.theme
    if (state.overlay?.kind === 'value' && before.overlay?.kind !== 'value')
      context.focus('.over, .over input, .choices input')
    if (state.dock !== before.dock) document.body.dataset['dock'] = String(state.dock)
    if (state.side !== before.side) document.body.dataset['side'] = String(state.side !== undefined)
    schedule()
    if (state.active !== before.active) {
      paint()
      document.querySelector('.tab.chosen')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    if ((state.side === undefined) !== (before.side === undefined)) {
      // The panel has to be there to be measured.
      paint()
      keepFitted(context)
    }
  })
  store.follow(tellProgress)
  store.follow((state, before) => tellFailure(context, state, before))
  keepDrafts(store, own.id, (fault) => context.toast('info', fault))
  keepSaved(context)
  listenToKeys(context)
  listenToClipboard(context)
  listenToDrops(context)
  document.documentElement.dataset['theme'] = store.state().theme
  canvas.setTheme(store.state().theme)
  showOnCanvas({ canvas, store }, store.state(), INITIAL_STATE)
  schedule()
  void tell(context, async () =>
    store.dispatch({ type: 'templates.loaded', templates: await listTemplates() }),
  )
  if (store.state().tabs.length === 0) void openTemplate(context, DEFAULT_TEMPLATE)
  // What `bench editor` and the tests read; nothing in the page uses it.
  Object.assign(window, { dicacheEditor: { canvas, state: store.state, dispatch: store.dispatch } })
}

type Shown = { readonly canvas: CanvasHandle; readonly store: Store }

function showOnCanvas({ canvas, store }: Shown, state: AppState, before: AppState): void {
  const tab = activeTab(state)
  const old = activeTab(before)
  if (state.theme !== before.theme) canvas.setTheme(state.theme)
  if (state.overlay !== before.overlay) {
    const { overlay } = state
    canvas.setEditing(overlay?.kind === 'value' ? { key: overlay.key, param: overlay.param } : undefined)
  }
  if (tab === undefined) {
    if (old !== undefined) canvas.update(viewOf(state))
    return
  }
  const moved = tab.id !== old?.id || tab.trail !== old.trail
  const changed = moved || tab !== old || state.catalog !== before.catalog || state.runs !== before.runs
  if (
    changed &&
    (tab.doc !== old?.doc ||
      tab.selection !== old.selection ||
      moved ||
      tab.runId !== old.runId ||
      tab.problems !== old.problems ||
      state.catalog !== before.catalog ||
      state.runs !== before.runs)
  ) {
    canvas.update(viewOf(state))
  }
  if (!moved) return
  if (tab.camera === undefined) showNodes({ canvas: () => canvas, store })
  else canvas.setView(tab.camera)
}
