/** The pictures of past runs: open what made one, compare two, delete. */
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import type { RunSummary, SavedFile } from '@dicache/protocol'
import { openRun } from '../app/past-runs.ts'
import { isPicture } from '../state/run/run-view.ts'
import { urlOf } from '../server/files.ts'
import { empty, icon, loading, markGone } from './ui.ts'
import type { Ui } from './ui.ts'

export function galleryPanel(ui: Ui): TemplateResult {
  const { history, historyStatus, picked } = ui.state
  const pictures = history.flatMap((run) => run.files.filter(isPicture).map((file) => ({ run, file })))
  if (historyStatus === 'loading') return loading('Loading pictures…')
  if (pictures.length === 0)
    return empty(
      'No pictures yet',
      'Run a workflow that saves one.',
      html`<button class="primary" @click=${() => ui.run('run')}>Run</button>`,
    )
  const [left, right] = picked
  const compare = (): void => {
    if (left === undefined || right === undefined) return
    ui.context.store.dispatch({ type: 'overlay', overlay: { kind: 'compare', left, right, view: 'slider' } })
    ui.context.focus('.dialog button')
  }
  return html`<div class="row sticky">
      <button class=${right === undefined ? '' : 'primary'} ?disabled=${right === undefined} @click=${compare}>Compare two</button>
      <small class="quiet">${right !== undefined ? 'Two are chosen.' : 'Tick two pictures.'}</small>
    </div>
    <div class="gallery">${pictures.map(({ run, file }) => picture(ui, run, file))}</div>`
}

function picture(ui: Ui, run: RunSummary, file: SavedFile): TemplateResult {
  const chosen = ui.state.picked.some((other) => urlOf(other) === urlOf(file))
  return html`<figure class=${chosen ? 'shot chosen' : 'shot'}>
    <a href=${urlOf(file, run.runId)} target="_blank" rel="noopener"><img loading="lazy" src=${urlOf(file, run.runId)} alt=${`Output ${file.filename}`} @error=${markGone} @load=${markGone} /></a>
    <figcaption title=${file.filename}>${run.title ?? file.filename}</figcaption>
    <div class="shot-tools">
      <button class="ghost" aria-pressed=${chosen} aria-label=${`Choose ${file.filename} for comparing`} title="Choose for comparing"
        @click=${() => ui.context.store.dispatch({ type: 'picked', file })}>${chosen ? '☑' : '☐'}</button>
      <button class="ghost" aria-label="Open its workflow" title="Open its workflow" @click=${() => void openRun(ui.context, run.runId)}>${icon('folder')}</button>
      <button class="ghost" aria-label=${`Delete ${file.filename}…`} title="Delete…" @click=${() => ui.run(`run-ask-delete:${run.runId}`)}>${icon('trash')}</button>
    </div>
  </figure>`
}
