/** A field that lies exactly over a setting on the canvas while it is edited. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { AFTER_RUN, jsonInteger } from '@dicache/protocol'
import type { JsonValue, ParamManifest } from '@dicache/protocol'
import { editValue, shown } from '../app/edit-document.ts'
import type { Overlay } from '../state/app/app-state.ts'
import { choicesOf } from '../state/document/catalog.ts'
import { manifestOf } from '../state/document/manifest-of.ts'
import { numeric, valueText, widgetValue } from '../state/document/widgets.ts'
import { readNumber } from '../state/edit/step-number.ts'
import { cssVars } from './css-vars.ts'
import type { Ui } from './ui.ts'

type Value = Extract<Overlay, { kind: 'value' }>

export function valueOverlay(ui: Ui, open: Value): TemplateResult {
  const view = shown(ui.context)
  const node = view?.graph.nodes.get(open.key)
  const manifest = view && node && manifestOf(ui.state.catalog, view.graph, node)
  const name = open.param.replace(/^control:/, '')
  const param = manifest?.params.find((candidate) => candidate.name === name)
  if (node === undefined || manifest === undefined || param === undefined) return html``
  const value = widgetValue(node, manifest, open.param)
  const put = (next: JsonValue, merge?: string): void =>
    editValue(ui.context, {
      key: open.key,
      name: open.param,
      value: next,
      ...(merge !== undefined && { merge }),
    })
  if (open.param.startsWith('control:'))
    return choices(ui, open, { all: AFTER_RUN, current: valueText(value), put })
  if (param.kind === 'choice')
    return choices(ui, open, { all: choicesOf(ui.state.catalog, param), current: valueText(value), put })
  if (param.kind === 'text') return text(ui, open, { param, value: valueText(value), put })
  return number(ui, open, { param, value: String(numeric(value) ?? ''), put })
}

function placed({ box }: Value): unknown {
  const { left, top, width, height, scale } = box
  return cssVars({
    left: `${left}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${height}px`,
    'font-size': `${Math.max(9, 12 * scale)}px`,
  })
}

type Put = (value: JsonValue, merge?: string) => void
type TextEdit = { readonly param: ParamManifest; readonly value: string; readonly put: Put }

function text(ui: Ui, open: Value, { param, value, put }: TextEdit): TemplateResult {
  const merge = `type:${open.key}:${open.param}:${open.box.left}`
  const input = (event: Event): void => put((event.target as HTMLTextAreaElement).value, merge)
  const long = param.kind === 'text' && param.multiline === true
  const done = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !long) ui.run('close')
  }
  return long
    ? html`<textarea class="over mono" aria-label=${param.name} spellcheck="false" ${placed(open)} .value=${value} @input=${input}></textarea>`
    : html`<input class="over" type="text" aria-label=${param.name} ${placed(open)} .value=${value} @input=${input} @keydown=${done} />`
}

function number(ui: Ui, open: Value, { param, value, put }: TextEdit): TemplateResult {
  const commit = (event: Event): void => {
    const typed = (event.target as HTMLInputElement).value
    const read = readNumber(param, typed)
    if (read === undefined)
      ui.context.toast('error', `“${typed.slice(0, 40)}” is no number for ${param.name}.`)
    else put(typeof read === 'bigint' ? jsonInteger(read) : read)
  }
  const done = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return
    commit(event)
    ui.run('close')
    ui.context.focus('#canvas')
  }
  if (isColor(param)) {
    const hex = `#${(Number(value) & 0xffffff).toString(16).padStart(6, '0')}`
    const pick = (event: Event): void =>
      put(Number.parseInt((event.target as HTMLInputElement).value.slice(1), 16), `color:${open.key}`)
    return html`<div class="over split" ${placed(open)}><input type="color" aria-label="Colour" .value=${hex} @input=${pick} /><input type="text" aria-label=${param.name} .value=${value} @change=${commit} @keydown=${done} /></div>`
  }
  return html`<input class="over" type="text" inputmode="decimal" aria-label=${param.name} ${placed(open)} .value=${value} @change=${commit} @keydown=${done} />`
}

function isColor(param: ParamManifest): boolean {
  return param.kind === 'int' && param.max === 0xffffff && /colou?r/i.test(param.name)
}

type Choices = { readonly all: readonly string[]; readonly current: string; readonly put: Put }

function choices(ui: Ui, open: Value, { all, current, put }: Choices): TemplateResult {
  const choose = (value: string): void => {
    put(value)
    ui.run('close')
    ui.context.focus('#canvas')
  }
  // The list filters itself: what is typed is a matter of this field alone, and no state of the page.
  const filter = (event: Event): void => {
    const input = event.target as HTMLInputElement
    const words = input.value.toLowerCase()
    for (const item of input.parentElement?.querySelectorAll<HTMLElement>('li') ?? [])
      item.hidden = !(item.textContent ?? '').toLowerCase().includes(words)
    mark(input, 0)
  }
  const keys = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      mark(input, event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const chosen = input.parentElement?.querySelector<HTMLElement>('li.chosen:not([hidden])')
      if (chosen?.dataset['value'] !== undefined) choose(chosen.dataset['value'])
    }
  }
  const { left, top, width, height } = open.box
  const below = top + height + 300 < window.innerHeight
  return html`<div class="choices" ${cssVars({ left: `${left}px`, top: below ? `${top}px` : 'auto', bottom: below ? 'auto' : `${window.innerHeight - top - height}px`, 'min-width': `${Math.max(200, width)}px` })}>
    <input type="text" role="combobox" aria-expanded="true" aria-controls="choice-list" aria-label="Search choices" placeholder="Search…" autocomplete="off" @input=${filter} @keydown=${keys} />
    <ul id="choice-list" role="listbox" aria-label="Choices">${all.map((choice) => html`<li role="option" data-value=${choice} aria-selected=${choice === current} class=${choice === current ? 'chosen' : ''} @click=${() => choose(choice)}>${choice}</li>`)}</ul>
    ${all.length === 0 ? html`<p class="quiet pad">There is nothing to choose from. Put a file into the folder that this setting names.</p>` : ''}
  </div>`
}

function mark(input: HTMLInputElement, step: number): void {
  const items = [...(input.parentElement?.querySelectorAll<HTMLElement>('li:not([hidden])') ?? [])]
  const now = items.findIndex((item) => item.classList.contains('chosen'))
  const next = items[step === 0 ? Math.max(0, now) : (now + step + items.length) % Math.max(1, items.length)]
  for (const item of input.parentElement?.querySelectorAll('li') ?? [])
    item.classList.toggle('chosen', item === next)
  next?.scrollIntoView({ block: 'nearest' })
}
