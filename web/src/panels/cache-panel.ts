/** The dock below the canvas: what the step cache does while it does it, and afterwards. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { shownRun } from '../state/app/app-state.ts'
import { cacheNodes, cacheView, columns } from '../state/run/cache-view.ts'
import type { CacheStep, CacheView } from '../state/run/cache-view.ts'
import { chart } from './chart.ts'
import { empty, icon } from './ui.ts'
import type { Ui } from './ui.ts'

export function dock(ui: Ui): TemplateResult {
  return html`<section class="dock" aria-label="DiCache">
    <header><h2>DiCache</h2><span class="grow"></span><button class="ghost" aria-label="Close DiCache panel" title="Close" @click=${() => ui.run('dicache')}>${icon('close')}</button></header>
    <div class="dock-body" tabindex="0" role="group" aria-label="DiCache, content">${content(ui)}</div>
  </section>`
}

function content(ui: Ui): TemplateResult {
  const run = shownRun(ui.state)
  const nodes = run === undefined ? [] : cacheNodes(run)
  const views = run === undefined ? [] : nodes.flatMap((id) => cacheView(run, id) ?? [])
  if (views.length > 0) return html`${views.map((view) => sampler(ui, view))}`
  const cached = run !== undefined && [...run.nodes.values()].some(({ status }) => status === 'cached')
  if (!cached) {
    return empty(
      'Nothing to show yet',
      'Run a workflow with a DiCache Sampler: every step’s decision appears here as it is made.',
    )
  }
  const earlier = [...ui.state.runs.values()].findLast(
    (other) =>
      other.reports.size > 0 &&
      [...other.reports.keys()].every((id) => run.nodes.get(id)?.status === 'cached'),
  )
  const known = earlier === undefined ? [] : cacheNodes(earlier).flatMap((id) => cacheView(earlier, id) ?? [])
  if (known.length === 0) {
    return empty(
      'The sampler did not run again',
      'Nothing that it depends on has changed, so its result came from the result cache. Change the seed or the prompt to sample anew.',
    )
  }
  return html`<p class="note">The sampler did not run again: its result came from the result cache. These are the steps of the run before.</p>
    ${known.map((view) => sampler(ui, view))}`
}

function sampler(ui: Ui, view: CacheView): TemplateResult {
  const dark = ui.state.theme === 'dark'
  const [branch = 'cond'] = view.branches
  return html`<div class="cache-head">
      ${number('Evaluations', String(view.computed + view.reused), `${view.computed} computed, ${view.reused} reused`)}
      ${number('Step ratio', `${view.stepRatio.toFixed(2)}×`, 'evaluations for each computed one')}
      ${number('Measured speed-up', view.measuredSpeedup === undefined ? '–' : `${view.measuredSpeedup.toFixed(2)}×`, 'against this run’s own full steps')}
      ${number('Threshold', view.threshold === undefined ? '–' : String(view.threshold), view.mode === undefined ? 'live' : `mode ${view.mode}`)}
    </div>
    ${timeline(view)} ${whyNothing(view)}
    <div class="charts">
      ${chart(`Indicator and accumulator, ${branch}`, {
        dark,
        columns: columns(view, branch, ['indicator', 'accumulator']),
        series: [
          { label: 'indicator', color: 0 },
          { label: 'accumulator', color: 1 },
        ],
        lines: view.threshold === undefined ? [] : [{ y: view.threshold, label: 'threshold' }],
      })}
      ${chart(`γ, ${branch}`, {
        dark,
        columns: columns(view, branch, ['gammaRaw', 'gamma']),
        series: [
          { label: 'raw', color: 3, dashed: true },
          { label: 'used', color: 2 },
        ],
        lines: (view.gammaClip ?? []).map((y) => ({ y, label: 'clip' })),
      })}
      ${chart('Milliseconds a step', {
        dark,
        columns: columns(view, branch, ['ms']),
        series: [{ label: 'ms', color: 0, bars: true }],
        lines: [],
      })}
    </div>`
}

function number(label: string, value: string, hint: string): TemplateResult {
  return html`<div class="stat"><small>${label}</small><b>${value}</b><small>${hint}</small></div>`
}

function timeline(view: CacheView): TemplateResult {
  return html`<div class="timeline">
    ${view.branches.map((branch) => {
      const own = view.steps.filter((step) => step.branch === branch)
      const done = own.filter(({ computed }) => computed).length
      return html`<div class="lane"><span class="lane-name">${branch}</span>
        <ol aria-label=${`Branch ${branch}: ${done} of ${own.length} computed`}>${own.map(cell)}</ol></div>`
    })}
    <p class="legend"><i class="cell computed"></i> computed <i class="cell reused"></i> reused from the cache</p>
  </div>`
}

function cell(step: CacheStep): TemplateResult {
  const facts = [
    `step ${step.step + 1}: ${step.computed ? 'computed' : 'reused'} (${step.reason || step.decision})`,
    step.accumulator === null ? '' : `accumulator ${step.accumulator.toFixed(4)}`,
    step.gamma === null ? '' : `γ ${step.gamma.toFixed(3)}`,
    step.ms === null ? '' : `${step.ms.toFixed(1)} ms`,
  ]
  const text = facts.filter((fact) => fact !== '').join(', ')
  return html`<li class="cell ${step.computed ? 'computed' : 'reused'}" title=${text}><span class="sr">${text}</span></li>`
}

function whyNothing(view: CacheView): TemplateResult | typeof nothing {
  if (view.why === undefined) return nothing
  return html`<p class=${view.reused === 0 ? 'note' : 'quiet'}>${view.reused === 0 ? html`<b>Why nothing was reused:</b> ` : ''}${view.why}</p>`
}
