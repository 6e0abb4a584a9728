/** The library of node types, by category; a click adds one. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import type { NodeManifest } from '@dicache/protocol'
import { addInMiddle } from '../app/search.ts'
import { searchNodes } from '../state/document/search-nodes.ts'
import { empty } from './ui.ts'
import type { Ui } from './ui.ts'

export function nodesPanel(ui: Ui): TemplateResult {
  const { catalog, nodeQuery } = ui.state
  const all = nodeQuery === '' ? [...catalog.nodes.values()] : searchNodes(catalog, nodeQuery)
  const groups = [...Map.groupBy(all, ({ category }) => category)].toSorted(
    ([a], [b]) => Number(isRare(a)) - Number(isRare(b)) || a.localeCompare(b),
  )
  return html`<input type="search" class="wide" placeholder="Search nodes" aria-label="Search nodes" .value=${nodeQuery}
      @input=${(event: Event) => ui.context.store.dispatch({ type: 'node.query', query: (event.target as HTMLInputElement).value })} />
    ${all.length === 0 ? empty('No node is called that', 'Try fewer letters, or a type such as IMAGE.') : ''}
    ${groups.map(([category, nodes]) => html`<h3>${category.replaceAll('/', ' › ')}</h3><ul class="list">${nodes.map((node) => row(ui, node))}</ul>`)}`
}

/** What few need comes last. */
function isRare(category: string): boolean {
  return /^(?:advanced|api)\b/.test(category)
}

function row(ui: Ui, node: NodeManifest): TemplateResult {
  return html`<li class="list-row"><button class="list-main" title=${node.description} @click=${() => addInMiddle(ui.context, node)}>
    <b>${node.title}</b><small>${node.description}</small></button></li>`
}
