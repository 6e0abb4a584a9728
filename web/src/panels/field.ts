/** One setting as a field of the page. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { AFTER_RUN, hasControl, jsonInteger } from '@dicache/protocol'
import type { JsonValue, NodeManifest, ParamManifest } from '@dicache/protocol'
import { editValue } from '../app/edit-document.ts'
import { choicesOf } from '../state/document/catalog.ts'
import type { GraphNode } from '../state/document/document.ts'
import { afterRun, controlName, numeric, valueText, widgetValue } from '../state/document/widgets.ts'
import { randomSeed } from '../state/edit/next-seed.ts'
import { readNumber } from '../state/edit/step-number.ts'
import { typedValue } from './typed-value.ts'
import { icon } from './ui.ts'
import type { Ui } from './ui.ts'

export type Setting = {
  readonly key: string
  readonly node: GraphNode
  readonly manifest: NodeManifest
  readonly param: ParamManifest
}

/** The field of a setting with its label and explanation. */
export function field(ui: Ui, setting: Setting): TemplateResult {
  const { key, node, param } = setting
  const id = `field-${key}-${param.name}`
  const linked = node.inputs.some((slot) => slot.widget === param.name && slot.link !== null)
  return html`<div class="field">
    <label for=${id}>${param.label ?? param.name}</label>
    ${linked ? html`<p class="quiet" id=${id}>Comes over a link.</p>` : control(ui, setting, id)}
    ${param.description === undefined ? nothing : html`<small class="quiet">${param.description}</small>`}
  </div>`
}

const valueOf = (event: Event): string => (event.target as HTMLInputElement).value

function control(ui: Ui, setting: Setting, id: string): TemplateResult {
  const { key, node, manifest, param } = setting
  const value = widgetValue(node, manifest, param.name)
  const put = (next: JsonValue, merge?: string): void =>
    editValue(ui.context, { key, name: param.name, value: next, ...(merge !== undefined && { merge }) })
  switch (param.kind) {
    case 'boolean':
      return html`<input id=${id} type="checkbox" .checked=${live(value === true)} @change=${() => put(value !== true)} />`
    case 'choice': {
      const choices = choicesOf(ui.state.catalog, param)
      const current = valueText(value)
      const all = choices.includes(current) || current === '' ? choices : [current, ...choices]
      return html`<select id=${id} @change=${(event: Event) => put(valueOf(event))}>
        ${all.map((choice) => html`<option .value=${choice} ?selected=${choice === current}>${choice}</option>`)}</select>`
    }
    case 'text':
      return param.multiline === true
        ? html`<textarea id=${id} rows="4" spellcheck="false" ${typedValue(valueText(value))} @input=${(event: Event) => put(valueOf(event), `type:${key}:${param.name}`)}></textarea>`
        : html`<input id=${id} type="text" ${typedValue(valueText(value))} @input=${(event: Event) => put(valueOf(event), `type:${key}:${param.name}`)} />`
    case 'int':
    case 'float':
    case 'seed':
      return html`<span class="row tight"><input id=${id} type="text" inputmode="decimal" ${typedValue(String(numeric(value) ?? ''))}
          @change=${(event: Event) => {
            const number = readNumber(param, valueOf(event))
            if (number === undefined)
              ui.context.toast('error', `“${valueOf(event).slice(0, 40)}” is no number for ${param.name}.`)
            else put(typeof number === 'bigint' ? jsonInteger(number) : number)
          }} />${hasControl(param) ? seedControl(ui, setting, put) : nothing}</span>`
  }
}

function seedControl(
  ui: Ui,
  { key, node, manifest, param }: Setting,
  put: (value: JsonValue) => void,
): TemplateResult {
  const now = afterRun(node, manifest, param.name)
  return html`<button title="A new random seed" aria-label="A new random seed" @click=${() => put(randomSeed())}>${icon('dice')}</button>
    <select aria-label="What happens to the seed after each run" @change=${(event: Event) => editValue(ui.context, { key, name: controlName(param.name), value: valueOf(event) })}>
      ${AFTER_RUN.map((word) => html`<option .value=${word} ?selected=${word === now}>${word}</option>`)}</select>`
}
