/** What lies over the page: search, menus, fields over the canvas, dialogs. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { commands } from '../app/commands/commands.ts'
import { openTemplate } from '../app/documents.ts'
import { saveAs } from '../app/saving.ts'
import { editGraph } from '../app/edit-document.ts'
import { activeTab } from '../state/app/app-state.ts'
import type { Overlay } from '../state/app/app-state.ts'
import { changeGroup, mapNodes } from '../state/edit/edit-nodes.ts'
import { compareDialog } from './compare-dialog.ts'
import { cssVars } from './css-vars.ts'
import { searchOverlay } from './search-overlay.ts'
import { deleteRunDialog } from './delete-run-dialog.ts'
import { empty, icon } from './ui.ts'
import type { Ui } from './ui.ts'
import { valueOverlay } from './value-overlay.ts'
import { versionsDialog } from './versions-dialog.ts'

export function overlay(ui: Ui): TemplateResult | typeof nothing {
  const open = ui.state.overlay
  switch (open?.kind) {
    case undefined:
      return nothing
    case 'search':
      return veil(searchOverlay(ui, open.box))
    case 'menu':
      return veil(menu(ui, open))
    case 'value':
      // Each setting has a field of its own: what was typed into one is nothing to the next.
      return veil(html`${keyed(`${open.key} ${open.param}`, valueOverlay(ui, open))}`)
    case 'rename':
      return dialog(ui, open.what === 'save' ? 'Save workflow' : 'Rename', rename(ui, open))
    case 'help':
      return dialog(ui, 'Keys', help(), 'wide')
    case 'versions':
      return dialog(ui, 'Versions', versionsDialog(ui, open))
    case 'templates':
      return dialog(ui, 'Templates', templates(ui))
    case 'delete-run':
      return dialog(ui, 'Delete a run', deleteRunDialog(ui, open))
    case 'compare':
      return dialog(ui, 'Compare', compareDialog(ui, open), 'wide')
    case 'confirm':
      return dialog(
        ui,
        'Please confirm',
        html`<p class="ask">${open.text}</p><div class="row end">
        <button @click=${() => ui.run('close')}>Cancel</button>
        <button class="primary" @click=${() => {
          ui.run('close')
          ui.run(open.command)
        }}>${open.label}</button></div>`,
      )
  }
}

/** Lies over the page without catching clicks beside it: those close it, and still do what they are for. */
function veil(content: TemplateResult): TemplateResult {
  return html`<div class="veil through">${content}</div>`
}

function dialog(ui: Ui, title: string, content: TemplateResult, size = ''): TemplateResult {
  const trap = (event: KeyboardEvent): void => keepFocus(event)
  return html`<div class="veil dim" @pointerdown=${(event: Event) => {
    if (event.target === event.currentTarget) ui.run('close')
  }}>
    <div class="dialog ${size}" role="dialog" aria-modal="true" aria-label=${title} @keydown=${trap}>
      <header><h2>${title}</h2><button class="ghost" aria-label="Close" @click=${() => ui.run('close')}>${icon('close')}</button></header>
      <div class="dialog-body" tabindex="0" role="group" aria-label=${`${title}, content`}>${content}</div>
    </div></div>`
}

/** Tab stays inside an open dialog. */
function keepFocus(event: KeyboardEvent): void {
  if (event.key !== 'Tab' || !(event.currentTarget instanceof HTMLElement)) return
  const all = [
    ...event.currentTarget.querySelectorAll<HTMLElement>(
      'button:not([disabled]), input, select, textarea, a[href], [tabindex="0"]',
    ),
  ]
  const edge = event.shiftKey ? all[0] : all.at(-1)
  if (document.activeElement !== edge) return
  event.preventDefault()
  ;(event.shiftKey ? all.at(-1) : all[0])?.focus()
}

function menu(ui: Ui, { x, y, items }: Extract<Overlay, { kind: 'menu' }>): TemplateResult {
  const left = Math.min(x, window.innerWidth - 250)
  const top = Math.max(4, Math.min(y, window.innerHeight - items.length * 32 - 16))
  const step = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')]
    const at = all.indexOf(document.activeElement as HTMLElement)
    all[(at + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]?.focus()
  }
  return html`<div class="menu" role="menu" @keydown=${step} ${cssVars({ left: `${left}px`, top: `${top}px` })}>
    ${items.map(
      ({
        label,
        hint,
        command,
        danger,
      }) => html`<button role="menuitem" class=${danger === true ? 'danger' : ''} @click=${() => ui.run(command)}>
      <span>${label}</span>${hint === undefined ? nothing : html`<kbd>${hint}</kbd>`}</button>`,
    )}
  </div>`
}

function rename(ui: Ui, { what, id, value }: Extract<Overlay, { kind: 'rename' }>): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const name = fieldText(event.target as HTMLFormElement)
    const tab = activeTab(ui.state)
    if (what === 'save') {
      if (tab !== undefined) void saveAs(ui.context, tab, name, false)
      return
    }
    if (what === 'tab')
      ui.context.store.dispatch({ type: 'tab.renamed', id, name: name.trim() === '' ? value : name })
    else if (what === 'group') editGraph(ui.context, (graph) => changeGroup(graph, id, { title: name }))
    else editGraph(ui.context, (graph) => mapNodes(graph, [id], (node) => withTitle(node, name)))
    ui.run('close')
  }
  return html`<form @submit=${submit}>
    <label class="field">${what === 'save' ? 'Name; a slash makes a folder' : 'Name'}<input name="name" type="text" required maxlength="500" .value=${value} /></label>
    <div class="row end"><button type="button" @click=${() => ui.run('close')}>Cancel</button><button class="primary" type="submit">${what === 'save' ? 'Save' : 'Rename'}</button></div>
  </form>`
}

function fieldText(form: HTMLFormElement): string {
  const value = new FormData(form).get('name')
  return typeof value === 'string' ? value.slice(0, 500) : ''
}

function withTitle<T extends { readonly title?: string }>(node: T, title: string): T {
  if (title.trim() !== '') return { ...node, title }
  const { title: _gone, ...rest } = node
  return rest as T
}

function help(): TemplateResult {
  const groups = Map.groupBy(
    Object.values(commands).filter(({ keys }) => keys !== undefined),
    ({ group }) => group,
  )
  const mouse = [
    ['Add a node, filtered by type', 'drag a link into the void'],
    ['Choose several', 'Shift or Ctrl and drag, or Shift and click'],
    ['Pan', 'drag the canvas, or one finger'],
    ['Zoom', 'wheel, or two fingers'],
    ['Change a number', 'drag it, Shift for fine; click to type'],
    ['Open a subgraph', 'double click'],
    ['Menu', 'right click'],
  ]
  return html`<div class="keys">
    ${[...groups].map(([group, list]) => html`<section><h3>${group}</h3><dl>${list.map(({ label, keys }) => html`<dt>${label}</dt><dd><kbd>${keys}</kbd></dd>`)}</dl></section>`)}
    <section><h3>Mouse and touch</h3><dl>${mouse.map(([label, how]) => html`<dt>${label}</dt><dd>${how}</dd>`)}</dl></section>
  </div>`
}

function templates(ui: Ui): TemplateResult {
  if (ui.state.templates.length === 0)
    return empty('No templates', 'They could not be loaded. Is the server away?')
  return html`<ul class="cards">${ui.state.templates.map(
    ({
      file,
      title,
      description,
      nodes,
    }) => html`<li><button class="card-button" @click=${() => void openTemplate(ui.context, file)}>
      <b>${title}</b><span>${description}</span><small>${nodes} nodes</small></button></li>`,
  )}</ul>`
}
