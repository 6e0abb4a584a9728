/** The chosen node: what it is, its settings as fields of the page, and what went wrong with it. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { isJsonArray } from '@dicache/protocol'
import type { NodeManifest, PortManifest } from '@dicache/protocol'
import { shown } from '../app/edit-document.ts'
import { shownRun } from '../state/app/app-state.ts'
import type { GraphNode } from '../state/document/document.ts'
import { manifestOf } from '../state/document/manifest-of.ts'
import { valueText } from '../state/document/widgets.ts'
import { field } from './field.ts'
import { empty, seconds } from './ui.ts'
import type { Ui } from './ui.ts'

export function nodePanel(ui: Ui): TemplateResult {
  const view = shown(ui.context)
  const [key, ...more] = view?.tab.selection ?? []
  const node = key === undefined ? undefined : view?.graph.nodes.get(key)
  if (node === undefined || key === undefined)
    return empty('No node is chosen', 'Click a node on the canvas to see its settings and its help.')
  const manifest = view && manifestOf(ui.state.catalog, view.graph, node)
  return html`${more.length > 0 ? html`<p class="quiet">${more.length + 1} nodes are chosen; this is the first.</p>` : nothing}
    <h3 class="node-title">${(node.title ?? manifest?.title ?? node.type).slice(0, 200)}</h3>
    <p class="quiet"><code>${node.type.slice(0, 200)}</code> · node ${key}${manifest === undefined ? '' : ` · version ${manifest.version}`}</p>
    ${problems(ui, key)}
    ${manifest === undefined ? missing(node, view?.tab.doc.subgraphs.get(node.type)?.name) : known(ui, { key, node, manifest })}`
}

type Known = { readonly key: string; readonly node: GraphNode; readonly manifest: NodeManifest }

function known(ui: Ui, { key, node, manifest }: Known): TemplateResult {
  return html`<p>${manifest.description}</p>
    ${manifest.params.length === 0 ? nothing : html`<h3>Settings</h3>`}
    ${manifest.params.filter(({ socketOnly }) => !socketOnly).map((param) => field(ui, { key, node, manifest, param }))}
    ${ports('Inputs', manifest.inputs)} ${ports('Outputs', manifest.outputs)}
    ${manifest.output ? html`<p><button @click=${() => ui.run(`run-node:${key}`)}>Run only up to this node</button></p>` : nothing}`
}

function ports(title: string, list: readonly PortManifest[]): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing
  return html`<h3>${title}</h3><dl class="ports">${list.map(
    ({ name, type, description, optional }) =>
      html`<dt>${name === '' ? 'value' : name} <code>${type}</code>${optional ? ' (optional)' : ''}</dt><dd>${description ?? ''}</dd>`,
  )}</dl>`
}

function problems(ui: Ui, key: string): TemplateResult | typeof nothing {
  const tab = shown(ui.context)?.tab
  const run = shownRun(ui.state)?.nodes.get(key)
  const messages = [
    ...(tab?.problems ?? []).filter(({ nodeId }) => nodeId === key).map(({ message }) => message),
    ...(run?.message === undefined ? [] : [run.message]),
  ]
  const took =
    run?.durationMs === undefined ? nothing : html`<p class="quiet">Last run: ${seconds(run.durationMs)}</p>`
  return html`${messages.map((message) => html`<p class="problem" role="alert">${message}</p>`)}${took}`
}

function missing(node: GraphNode, subgraph: string | undefined): TemplateResult {
  if (subgraph !== undefined)
    return html`<p>An instance of the subgraph “${subgraph.slice(0, 100)}”. Double click it to open it.</p>`
  const { cnr_id: pack, aux_id: repository, ver: version } = node.properties
  const from = [pack, repository].find((name) => typeof name === 'string')
  const values = isJsonArray(node.widgets)
    ? node.widgets.map((value, index) => [String(index + 1), valueText(value)] as const)
    : Object.entries(node.widgets).map(([name, value]) => [name, valueText(value)] as const)
  return html`<p class="problem">This node type is not installed. Its values and links are kept, and outputs that do not need it still run.</p>
    <p>${from === undefined ? 'The file does not say which pack it comes from.' : html`It comes from the pack <code>${valueText(from)}</code>${typeof version === 'string' ? html`, version <code>${version.slice(0, 60)}</code>` : ''}.`}</p>
    ${values.length === 0 ? nothing : html`<h3>Kept values</h3><dl class="ports">${values.slice(0, 60).map(([name, value]) => html`<dt>${name.slice(0, 80)}</dt><dd>${value.slice(0, 300)}</dd>`)}</dl>`}`
}
