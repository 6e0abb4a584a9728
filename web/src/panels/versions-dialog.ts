/** The kept versions of a saved workflow: look at one, or bring it back. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { openVersion, restoreVersion } from '../app/saving.ts'
import type { Overlay, WorkflowVersion } from '../state/app/app-state.ts'
import { empty } from './ui.ts'
import type { Ui } from './ui.ts'

type Versions = Extract<Overlay, { kind: 'versions' }>

export function versionsDialog(ui: Ui, { path, versions }: Versions): TemplateResult {
  if (versions.length === 0)
    return empty('No versions yet', 'Every save keeps one, and so does the editor when it saves by itself.')
  return html`<p class="quiet">“${path.replace(/\.json$/, '')}”: every text that was saved. Of autosaves all of the last hour are kept, one an hour for a day, and one a day for a month.</p>
    <ul class="list">${versions.map((version, at) => row(ui, path, { version, isNewest: at === 0 }))}</ul>`
}

type Row = { readonly version: WorkflowVersion; readonly isNewest: boolean }

function row(ui: Ui, path: string, { version: { id, kind, savedAtMs }, isNewest }: Row): TemplateResult {
  const when = new Date(savedAtMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  return html`<li class="list-row version">
    <span class="list-text"><b>${when}</b><small>${kind === 'autosave' ? 'autosave' : 'saved'}${isNewest ? ', the newest' : ''}</small></span>
    <button aria-label=${`Open beside, version of ${when}`} @click=${() => void openVersion(ui.context, path, id)}>Open beside</button>
    <button aria-label=${`Restore, version of ${when}`} @click=${() => void restoreVersion(ui.context, path, id)}>Restore</button>
  </li>`
}
