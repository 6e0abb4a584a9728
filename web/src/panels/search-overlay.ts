/** The search for node types. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { addNode } from '../app/search.ts'
import type { SearchBox } from '../state/app/app-state.ts'
import { searchNodes } from '../state/document/search-nodes.ts'
import { cssVars } from './css-vars.ts'
import type { Ui } from './ui.ts'

const WIDTH_PX = 380
const HEIGHT_PX = 420

export function searchOverlay(ui: Ui, box: SearchBox): TemplateResult {
  const found = searchNodes(ui.state.catalog, box.query, box.from)
  const index = Math.min(box.index, Math.max(0, found.length - 1))
  // Keys may come faster than frames: what they mean is asked of the state, not of what was painted last.
  const now = (): SearchBox => {
    const { overlay } = ui.context.store.state()
    return overlay?.kind === 'search' ? overlay.box : box
  }
  const change = (fields: Partial<SearchBox>): void =>
    ui.context.store.dispatch({ type: 'overlay', overlay: { kind: 'search', box: { ...now(), ...fields } } })
  const choose = (at: number): void => {
    const { query, from } = now()
    const manifest = searchNodes(ui.state.catalog, query, from)[at]
    if (manifest === undefined) return
    const place = now()
    ui.run('close')
    addNode(ui.context, manifest, place)
    ui.context.focus('#canvas')
  }
  const keys = (event: KeyboardEvent): void => {
    const count = Math.max(1, searchNodes(ui.state.catalog, now().query, now().from).length)
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      change({ index: (now().index + (event.key === 'ArrowDown' ? 1 : -1) + count) % count })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(Math.min(now().index, count - 1))
    }
  }
  const left = Math.max(8, Math.min(box.x, window.innerWidth - WIDTH_PX - 8))
  const top = Math.max(8, Math.min(box.y, window.innerHeight - HEIGHT_PX - 8))
  return html`<div class="search" role="dialog" aria-label="Add a node" ${cssVars({ left: `${left}px`, top: `${top}px` })}>
    <input type="text" role="combobox" aria-expanded="true" aria-controls="search-results" aria-activedescendant=${`found-${index}`} aria-label="Search nodes"
      autocomplete="off" spellcheck="false" placeholder=${box.from === undefined ? 'Add a node…' : `A node for ${box.from.type}…`}
      .value=${box.query} @input=${(event: Event) => change({ query: (event.target as HTMLInputElement).value, index: 0 })} @keydown=${keys} />
    <ul id="search-results" role="listbox" aria-label="Node types">
      ${found.slice(0, 40).map(
        (
          node,
          at,
        ) => html`<li id=${`found-${at}`} role="option" aria-selected=${at === index} class=${at === index ? 'chosen' : ''} @pointerdown=${(
          event: Event,
        ) => {
          event.preventDefault()
          choose(at)
        }}>
        <b>${node.title}</b><small>${node.category}</small><span>${node.description}</span></li>`,
      )}
    </ul>
    ${found.length === 0 ? html`<p class="quiet pad">Nothing fits${box.query === '' ? '' : ` “${box.query.slice(0, 40)}”`}.</p>` : ''}
  </div>`
}
