/** The whole page as one template. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { dock } from './cache-panel.ts'
import { overlay } from './overlays.ts'
import { galleryPanel } from './gallery-panel.ts'
import { nodePanel } from './node-panel.ts'
import { nodesPanel } from './nodes-panel.ts'
import { queuePanel } from './queue-panel.ts'
import { topBar } from './top-bar.ts'
import { icon } from './ui.ts'
import type { IconName, Ui } from './ui.ts'
import { workflowsPanel } from './workflows-panel.ts'
import { activeTab } from '../state/app/app-state.ts'
import type { SidePanel } from '../state/app/app-state.ts'

const RAIL: readonly (readonly [command: SidePanel, label: string, icon: IconName])[] = [
  ['workflows', 'Workflows', 'folder'],
  ['nodes', 'Nodes', 'plus'],
  ['queue', 'Queue', 'list'],
  ['gallery', 'Gallery', 'picture'],
  ['node', 'Node', 'info'],
]

export function page(ui: Ui): TemplateResult {
  const { state } = ui
  return html`
    ${topBar(ui)}
    <nav class="rail" aria-label="Panels">
      ${RAIL.map(
        ([name, label, picture]) => html`<button
          class="rail-button" title=${label} aria-pressed=${state.side === name}
          @click=${() => ui.run(name)}>${icon(picture)}<span>${label}</span>${badge(ui, name)}</button>`,
      )}
      <span class="grow"></span>
      <button class="rail-button" title="DiCache" aria-pressed=${state.dock} @click=${() => ui.run('dicache')}>
        ${icon('chart')}<span>DiCache</span></button>
      <button class="rail-button" title="Keys" @click=${() => ui.run('help')}>${icon('help')}<span>Keys</span></button>
      <button class="rail-button" title="Dark or light" @click=${() => ui.run('theme')}>
        ${icon(state.theme === 'dark' ? 'sun' : 'moon')}<span>${state.theme === 'dark' ? 'Light' : 'Dark'}</span></button>
    </nav>
    ${side(ui)}
    <div class="canvas-tools" role="toolbar" aria-label="View">
      <button title="Undo (Ctrl+Z)" aria-label="Undo" @click=${() => ui.run('undo')} ?disabled=${activeTab(state)?.past.length === 0}>${icon('undo')}</button>
      <button title="Redo (Ctrl+Shift+Z)" aria-label="Redo" @click=${() => ui.run('redo')} ?disabled=${activeTab(state)?.future.length === 0}>${icon('redo')}</button>
      <button title="Zoom out (−)" aria-label="Zoom out" @click=${() => ui.run('zoom-out')}>${icon('minus')}</button>
      <span class="zoom">${Math.round((activeTab(state)?.camera?.scale ?? 1) * 100)} %</span>
      <button title="Zoom in (+)" aria-label="Zoom in" @click=${() => ui.run('zoom-in')}>${icon('plus')}</button>
      <button title="Show everything (.)" aria-label="Show everything" @click=${() => ui.run('fit')}>${icon('fit')}</button>
    </div>
    ${trail(ui)} ${conflict(ui)} ${emptyCanvas(ui)} ${state.dock ? dock(ui) : nothing} ${overlay(ui)} ${toasts(ui)}
  `
}

function badge({ state }: Ui, name: SidePanel): TemplateResult | typeof nothing {
  const count = name === 'queue' ? (state.queue?.remaining ?? 0) : 0
  return count > 0 ? html`<b class="badge">${count > 99 ? '99+' : count}</b>` : nothing
}

function side(ui: Ui): TemplateResult | typeof nothing {
  switch (ui.state.side) {
    case undefined:
      return nothing
    case 'workflows':
      return panel(ui, 'Workflows', workflowsPanel(ui))
    case 'nodes':
      return panel(ui, 'Nodes', nodesPanel(ui))
    case 'queue':
      return panel(ui, 'Queue', queuePanel(ui))
    case 'gallery':
      return panel(ui, 'Gallery', galleryPanel(ui))
    case 'node':
      return panel(ui, 'Node', nodePanel(ui))
  }
}

function panel(ui: Ui, title: string, content: TemplateResult): TemplateResult {
  const name = ui.state.side ?? 'node'
  return html`<aside class="side" aria-label=${title}>
    <header><h2>${title}</h2><button class="ghost" aria-label="Close panel" title="Close" @click=${() => ui.run(name)}>${icon('close')}</button></header>
    <div class="side-body" tabindex="0" role="group" aria-label=${`${title}, content`}>${content}</div>
  </aside>`
}

function trail(ui: Ui): TemplateResult | typeof nothing {
  const tab = activeTab(ui.state)
  if (tab === undefined || tab.trail.length === 0) return nothing
  const leave = (depth: number): void => ui.context.store.dispatch({ type: 'subgraph.closed', depth })
  return html`<nav class="trail" aria-label="Open subgraphs">
    <button @click=${() => leave(0)}>${tab.name.slice(0, 60)}</button>
    ${tab.trail.map(
      (id, depth) => html`<span aria-hidden="true">›</span
        ><button @click=${() => leave(depth + 1)}>${(tab.doc.subgraphs.get(id)?.name ?? id).slice(0, 60)}</button>`,
    )}
  </nav>`
}

function conflict({ state, run }: Ui): TemplateResult | typeof nothing {
  const tab = activeTab(state)
  if (tab?.sync !== 'conflict') return nothing
  return html`<div class="conflict" role="alert">
    <p><b>“${tab.name.slice(0, 60)}” was saved somewhere else meanwhile.</b> Yours is still here, and not saved. Which one stays?</p>
    <div class="row">
      <button @click=${() => run('conflict-theirs')} title="Undo brings yours back">Show theirs</button>
      <button @click=${() => run('conflict-copy')}>Save mine as a copy…</button>
      <button @click=${() => run('conflict-mine')} title="Theirs stays in the versions">Replace theirs</button>
    </div></div>`
}

function emptyCanvas(ui: Ui): TemplateResult | typeof nothing {
  const tab = activeTab(ui.state)
  if (ui.state.catalogStatus === 'loading')
    return html`<div class="canvas-note" role="status"><span class="spinner"></span> Loading nodes…</div>`
  if (tab === undefined) {
    return html`<div class="canvas-note card"><h2>No workflow is open</h2>
      <p>Begin with an empty one, or with one that works.</p>
      <p><button class="primary" @click=${() => ui.run('templates')}>Templates</button> <button @click=${() => ui.run('new')}>New workflow</button></p></div>`
  }
  if (tab.doc.root.nodes.size > 0) return nothing
  return html`<div class="canvas-note"><h2>An empty canvas</h2>
    <p>Double click to add a node, drop a picture or a workflow here,<br />or begin with a <button class="link" @click=${() => ui.run('templates')}>template</button>.</p></div>`
}

function toasts(ui: Ui): TemplateResult {
  const jump = (key: string): void =>
    ui.context.store.dispatch({ type: 'selected', keys: [key], how: 'replace' })
  return html`<div class="toasts" role="status" aria-live="polite">
    ${ui.state.toasts.map(
      ({ id, tone, text, jumpTo }) => html`<div class="toast ${tone}">
        <span>${text.slice(0, 400)}</span>
        ${
          jumpTo === undefined
            ? nothing
            : html`<button class="link" @click=${() => {
                jump(jumpTo)
                ui.run('fit')
              }}>Show node</button>`
        }
        <button class="ghost" aria-label="Dismiss" @click=${() => ui.context.store.dispatch({ type: 'toast.gone', id })}>${icon('close')}</button>
      </div>`,
    )}
  </div>`
}
