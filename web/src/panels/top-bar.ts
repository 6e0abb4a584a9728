/** The bar above everything: documents, their menu, and running. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { openFiles } from '../app/documents.ts'
import { activeTab, isDirty, shownRun } from '../state/app/app-state.ts'
import type { MenuItem, Tab } from '../state/app/app-state.ts'
import { cssVars } from './css-vars.ts'
import { icon } from './ui.ts'
import type { Ui } from './ui.ts'

const fileMenu = (autosave: boolean): readonly MenuItem[] => [
  { label: 'New', hint: 'Alt+N', command: 'new' },
  { label: 'Open a file…', hint: 'Ctrl+O', command: 'open' },
  { label: 'Templates…', command: 'templates' },
  { label: 'Save', hint: 'Ctrl+S', command: 'save' },
  { label: 'Save as…', hint: 'Ctrl+Shift+S', command: 'save-as' },
  { label: 'Download as a file', command: 'download' },
  { label: autosave ? 'Turn autosave off' : 'Turn autosave on', command: 'autosave' },
  { label: 'Tell me when a run ends', command: 'notify' },
]

export function topBar(ui: Ui): TemplateResult {
  const { state } = ui
  const menu = (event: MouseEvent): void => {
    const box =
      event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : undefined
    ui.context.store.dispatch({
      type: 'overlay',
      overlay: {
        kind: 'menu',
        x: box?.left ?? 0,
        y: (box?.bottom ?? 0) + 4,
        items: fileMenu(state.autosave),
      },
    })
    ui.context.focus('.menu button')
  }
  return html`<header class="top">
    <h1 class="brand"><span aria-hidden="true">◆</span> <span class="brand-text">DiCache Studio</span></h1>
    <button class="ghost" aria-haspopup="menu" @click=${menu}>File</button>
    <input id="open-file" type="file" hidden multiple accept=".json,.png,.webp,application/json,image/png,image/webp" aria-label="Open a file"
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement
        void openFiles(ui.context, [...(input.files ?? [])])
        input.value = ''
      }} />
    <div class="tabs" role="group" aria-label="Open workflows">${repeat(
      state.tabs,
      ({ id }) => id,
      (tab) => tabButton(ui, tab),
    )}
    </div>
    <button class="ghost new-tab" aria-label="New workflow" title="New workflow (Alt+N)" @click=${() => ui.run('new')}>${icon('plus')}</button>
    <span class="grow"></span>
    ${saveState(ui)} ${connection(ui)}
    <label class="batch" title="How often Run queues the workflow"><span>Runs</span><input type="number" min="1" max="100" .value=${String(state.batch)}
      @change=${(event: Event) => ui.context.store.dispatch({ type: 'batch', batch: Number((event.target as HTMLInputElement).value) })} /></label>
    ${runButtons(ui)}
  </header>`
}

function tabButton(ui: Ui, tab: Tab): TemplateResult {
  const { store } = ui.context
  const chosen = ui.state.active === tab.id
  return html`<div class=${chosen ? 'tab chosen' : 'tab'}>
    <button class="tab-name" aria-pressed=${chosen} title=${tab.name.slice(0, 200)} @click=${() => store.dispatch({ type: 'tab.chosen', id: tab.id })}
      @dblclick=${() => {
        store.dispatch({
          type: 'overlay',
          overlay: { kind: 'rename', what: 'tab', id: tab.id, value: tab.name },
        })
        ui.context.focus('.dialog input')
      }}>${tab.name.slice(0, 80)}${isDirty(tab) ? html`<span class="dot" title="Not saved"><span class="sr">, not saved</span></span>` : nothing}</button>
    <button class="ghost" aria-label=${`Close ${tab.name.slice(0, 80)}`} @click=${() => closeTab(ui, tab)}>${icon('close')}</button>
  </div>`
}

function closeTab(ui: Ui, tab: Tab): void {
  if (!isDirty(tab)) return ui.run(`tab-close:${tab.id}`)
  const text = `“${tab.name.slice(0, 80)}” has changes that are not saved. Close it all the same?`
  ui.context.store.dispatch({
    type: 'overlay',
    overlay: { kind: 'confirm', text, command: `tab-close:${tab.id}`, label: 'Close without saving' },
  })
  ui.context.focus('.dialog button')
}

/** How the document stands with the server. */
function saveState({ state }: Ui): TemplateResult | typeof nothing {
  const tab = activeTab(state)
  if (tab?.path === undefined) return nothing
  const text = tab.sync === 'idle' ? (isDirty(tab) ? 'Edited' : 'Saved') : SYNC[tab.sync]
  const bad = tab.sync === 'waiting' || tab.sync === 'conflict'
  return html`<span class=${bad ? 'save-state bad' : 'save-state'}>${text}</span>`
}

const SYNC = { saving: 'Saving…', waiting: 'Not saved yet', conflict: 'Conflict' } as const

function connection({ state }: Ui): TemplateResult | typeof nothing {
  if (state.link === 'online') return nothing
  return html`<span class="connection" role="status">${state.link === 'connecting' ? 'Connecting…' : 'Server away, trying again…'}</span>`
}

function runButtons(ui: Ui): TemplateResult {
  const { state } = ui
  const running = state.queue?.running[0]
  const run = shownRun(state)
  const share = run?.status === 'running' ? progressOf(run) : 0
  return html`<button class="primary run" ?disabled=${state.link !== 'online'} title="Run (Ctrl+Enter)" @click=${() => ui.run('run')}>
      <span class="run-progress" ${cssVars({ '--share': String(share) })}></span>
      ${icon('play')}<span>Run</span></button>
    <button class="stop" aria-label="Cancel what runs" title="Cancel what runs" ?disabled=${running === undefined} @click=${() => ui.run('cancel')}>${icon('stop')}</button>`
}

/** How much of a run's nodes is done, 0..1, the running one in part. */
export function progressOf(run: NonNullable<ReturnType<typeof shownRun>>): number {
  if (run.order.length === 0) return 0
  const done = run.order.reduce((sum, id) => {
    const node = run.nodes.get(id)
    if (node === undefined || node.status === 'waiting') return sum
    if (node.status !== 'running') return sum + 1
    return sum + (node.total === undefined || node.total === 0 ? 0 : (node.done ?? 0) / node.total)
  }, 0)
  return done / run.order.length
}
