/** What runs, what waits, and what has ended. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { RunSummary } from '@dicache/protocol'
import { openRun, showRun } from '../app/past-runs.ts'
import { urlOf } from '../server/files.ts'
import { isPicture } from '../state/run/run-view.ts'
import { cssVars } from './css-vars.ts'
import { progressOf } from './top-bar.ts'
import { ago, empty, icon, loading, markGone, seconds } from './ui.ts'
import type { Ui } from './ui.ts'

export function queuePanel(ui: Ui): TemplateResult {
  const { queue, history, historyStatus } = ui.state
  const active = [...(queue?.running ?? []), ...(queue?.pending ?? [])]
  return html`<div class="row compact">
      <button @click=${() => ui.run('queue-pause')}>${queue?.paused === true ? 'Resume' : 'Pause'}</button>
      <button @click=${() => ui.run('queue-clear')} ?disabled=${(queue?.pending.length ?? 0) === 0}>Cancel waiting</button>
      <button @click=${() => ui.run('history-ask-clear')} ?disabled=${history.length === 0}>Clear history</button>
    </div>
    ${queue?.paused === true ? html`<p class="note">The queue is paused: nothing new begins.</p>` : nothing}
    <h3>Now</h3>
    ${active.length === 0 ? html`<p class="quiet">Nothing runs. Ctrl+Enter queues the open workflow.</p>` : nothing}
    <ul class="list">${repeat(
      active,
      ({ runId }) => runId,
      (run) => activeRow(ui, run),
    )}</ul>
    <h3>History</h3>
    ${historyStatus === 'loading' ? loading('Loading history…') : nothing}
    ${historyStatus === 'ready' && history.length === 0 ? empty('No runs yet', 'What has run is kept here, with its pictures.') : nothing}
    <ul class="list">${repeat(
      history,
      ({ runId }) => runId,
      (run) => pastRow(ui, run),
    )}</ul>`
}

function activeRow(ui: Ui, run: RunSummary): TemplateResult {
  const view = ui.state.runs.get(run.runId)
  const share = view === undefined ? 0 : progressOf(view)
  const running = run.status === 'running'
  return html`<li class="list-row run-row">
    <button class="list-main" @click=${() => void showRun(ui.context, run.runId)}>
      <b>${run.title ?? 'Workflow'}</b>
      <small>${running ? `running, ${Math.round(share * 100)} %` : 'waits'}</small>
      ${running ? html`<span class="bar"><span ${cssVars({ width: `${share * 100}%` })}></span></span>` : nothing}
    </button>
    ${running ? nothing : html`<button class="ghost" aria-label="Run first" title="Run first" @click=${() => ui.run(`run-first:${run.runId}`)}>${icon('up')}</button><button class="ghost" aria-label="Run later" title="Run later" @click=${() => ui.run(`run-later:${run.runId}`)}>${icon('down')}</button>`}
    <button class="ghost" aria-label="Cancel" title="Cancel" @click=${() => ui.run(`cancel:${run.runId}`)}>${icon('close')}</button>
  </li>`
}

function pastRow(ui: Ui, run: RunSummary): TemplateResult {
  const file = run.files.find(isPicture)
  const took =
    run.startedAtMs === undefined || run.endedAtMs === undefined
      ? ''
      : `${seconds(run.endedAtMs - run.startedAtMs)} · `
  return html`<li class="list-row run-row">
    <button class="list-main with-thumb" @click=${() => void showRun(ui.context, run.runId)}>
      ${file === undefined ? html`<span class="thumb none">${run.status === 'failed' ? '!' : '–'}</span>` : html`<img class="thumb" loading="lazy" src=${urlOf(file, run.runId)} alt="" width="44" height="44" @error=${markGone} @load=${markGone} />`}
      <span><b>${run.title ?? 'Workflow'}</b>
      <small class=${run.status === 'failed' ? 'bad' : ''}>${run.status === 'finished' ? html`<span class="sr">finished, </span>` : `${run.status}, `}${took}${ago(run.endedAtMs ?? run.createdAtMs, Date.now())}</small>
      ${run.error === undefined ? nothing : html`<small class="bad clamp">${run.error.message}</small>`}</span>
    </button>
    <button class="ghost" aria-label="Open its workflow" title="Open its workflow" @click=${() => void openRun(ui.context, run.runId)}>${icon('folder')}</button>
    <button class="ghost" aria-label="Delete this run…" title="Delete…" @click=${() => ui.run(`run-ask-delete:${run.runId}`)}>${icon('trash')}</button>
  </li>`
}
