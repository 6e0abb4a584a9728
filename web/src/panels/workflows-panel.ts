/** Saved workflows, recent ones first, and the way to templates. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { loadWorkflows, openSaved } from '../app/documents.ts'
import { askToDelete, showVersions } from '../app/saving.ts'
import type { SavedWorkflow } from '../state/app/app-state.ts'
import { ago, empty, icon, loading } from './ui.ts'
import type { Ui } from './ui.ts'

export function workflowsPanel(ui: Ui): TemplateResult {
  const { workflows, workflowsStatus, recent } = ui.state
  const actions = html`<div class="row">
    <button @click=${() => ui.run('new')}>${icon('plus')} New</button>
    <button @click=${() => ui.run('open')}>${icon('folder')} Open file</button>
    <button @click=${() => ui.run('templates')}>Templates</button>
  </div>`
  if (workflowsStatus === 'loading' || workflowsStatus === 'idle')
    return html`${actions}${loading('Loading workflows…')}`
  if (workflowsStatus === 'failed') {
    return html`${actions}${empty('The list did not come', 'The server could not be asked for saved workflows.', html`<button @click=${() => void loadWorkflows(ui.context)}>Try again</button>`)}`
  }
  if (workflows.length === 0)
    return html`${actions}${empty('Nothing saved yet', 'Ctrl+S saves the open workflow on the server. From then on it is saved by itself.')}${autosave(ui)}`
  const known = new Map(workflows.map((workflow) => [workflow.path, workflow]))
  const latest = recent.flatMap((path) => known.get(path) ?? []).slice(0, 5)
  return html`${actions}
    ${latest.length === 0 || workflows.length <= 5 ? '' : html`<h3>Recent</h3><ul class="list">${latest.map((workflow) => row(ui, workflow))}</ul>`}
    <h3>All</h3><ul class="list">${workflows.map((workflow) => row(ui, workflow))}</ul>${autosave(ui)}`
}

function autosave(ui: Ui): TemplateResult {
  return html`<label class="check pad-top"><input type="checkbox" .checked=${ui.state.autosave} @change=${() => ui.run('autosave')} />
    <span>Autosave: a workflow that has a name is saved again a moment after each change.</span></label>`
}

function row(ui: Ui, { path, modifiedMs }: SavedWorkflow): TemplateResult {
  const name = path.replace(/\.json$/, '')
  return html`<li class="list-row">
    <button class="list-main" @click=${() => void openSaved(ui.context, path)}><b>${name}</b><small>${ago(modifiedMs, Date.now())}</small></button>
    <button class="ghost" aria-label=${`Versions of ${name}`} title="Versions" @click=${() => void showVersions(ui.context, path)}>${icon('list')}</button>
    <button class="ghost" aria-label=${`Delete ${name}`} title="Delete…" @click=${() => askToDelete(ui.context, path)}>${icon('trash')}</button>
  </li>`
}
