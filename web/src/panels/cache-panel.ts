/** The dock below the canvas: what the step cache does while it does it, and afterwards. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { shownRun } from '../state/app/app-state.ts'
import { cacheNodes, cacheView, curves } from '../state/run/cache-view.ts'
import type { CacheStep, CacheView, Measure } from '../state/run/cache-view.ts'
import { chart } from './chart.ts'
import type { ChartData } from './chart.ts'
import { empty, icon } from './ui.ts'
import type { Ui } from './ui.ts'

export function dock(ui: Ui): TemplateResult {
  return html`<section class="dock" aria-label="DiCache">
    <header><h2>DiCache</h2><span class="grow"></span>${shownRun(ui.state)?.status === 'finished' && ui.state.link === 'online' ? html`<button title="Runs the same once more with every step computed" @click=${() => ui.run('compare-uncached')}>Compare with uncached</button>` : nothing}<button class="ghost" aria-label="Close DiCache panel" title="Close" @click=${() => ui.run('dicache')}>${icon('close')}</button></header>
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
  const shadow = view.mode === 'shadow'
  const dark = ui.state.theme === 'dark'
  return html`<div class="cache-head">
      ${number('Evaluations', String(view.computed + view.reused), shadow ? `all computed, ${view.reused} could have been reused` : `${view.computed} computed, ${view.reused} reused`)}
      ${number(shadow ? 'Step ratio, if it were on' : 'Step ratio', `${view.stepRatio.toFixed(2)}×`, 'evaluations per computed one')}
      ${number(shadow ? 'Speed-up, if it were on' : 'Measured speed-up', view.measuredSpeedup === undefined ? '–' : `${view.measuredSpeedup.toFixed(2)}×`, 'over its own full steps')}
      ${number('Threshold', view.threshold === undefined ? '–' : String(view.threshold), view.mode === undefined ? 'live' : `mode ${view.mode}`)}
    </div>
    ${timeline(view)} ${view.reused === 0 || shadow ? whyNothing(view) : nothing}
    <div class="charts">
      ${chart('Indicator and accumulator', {
        ...columns(view, ['indicator', 'accumulator']),
        dark,
        lines: view.threshold === undefined ? [] : [{ y: view.threshold, label: 'threshold' }],
      })}
      ${chart('γ, as it came out and as it was used', {
        ...columns(view, ['gammaRaw', 'gamma']),
        dark,
        lines: (view.gammaClip ?? []).map((y) => ({ y, label: 'clip' })),
      })}
      ${chart('Milliseconds a step', { ...columns(view, ['ms']), dark, lines: [] })}
    </div>`
}

const WORDS: Readonly<Record<Measure, string>> = {
  indicator: 'indicator',
  accumulator: 'accumulator',
  gammaRaw: 'raw',
  gamma: 'used',
  ms: 'ms',
}
/** The colour of what all branches share; each branch has the one of its place. */
const SHARED_COLOR = 2

function columns(view: CacheView, measures: readonly Measure[]): Pick<ChartData, 'columns' | 'series'> {
  const { steps, curves: list } = curves(view, measures)
  const several = view.branches.length > 1
  const series = list.map(({ branch, measure }) => {
    const at = branch === undefined ? -1 : view.branches.indexOf(branch)
    return {
      label: several ? `${branch ?? 'all branches'}: ${WORDS[measure]}` : WORDS[measure],
      color: at < 0 ? SHARED_COLOR : at < SHARED_COLOR ? at : at + 1,
      dashed: measure === 'indicator' || measure === 'gammaRaw',
      ...(measure === 'ms' && { bars: { at: Math.max(0, at), of: at < 0 ? 1 : view.branches.length } }),
    }
  })
  return { columns: [steps, ...list.map(({ values }) => values)], series }
}

function number(label: string, value: string, hint: string): TemplateResult {
  return html`<div class="stat"><small>${label}</small><b>${value}</b><small>${hint}</small></div>`
}

const SCOPE_TEXT = {
  independent: 'Each branch decides for itself.',
  'cond-decides': 'The first branch decides for all; each has a γ of its own.',
  joint: 'All branches decide together, as one batch: one indicator, one decision a step.',
} as const

function timeline(view: CacheView): TemplateResult {
  const joint = view.scope === 'joint' && view.branches.length > 1
  const shadow = view.mode === 'shadow'
  return html`<div class=${`timeline${joint ? ' joint' : ''}${shadow ? ' shadow' : ''}`}>
    ${view.branches.map((branch) => {
      const own = view.steps.filter((step) => step.branch === branch)
      const done = own.filter(({ computed }) => computed).length
      return html`<div class="lane"><span class="lane-name">${branch}</span>
        <ol aria-label=${`Branch ${branch}: ${done} of ${own.length} computed`}>${own.map(cell)}</ol></div>`
    })}
    <p class="legend"><i class="cell computed"></i> computed <i class="cell reused"></i> ${shadow ? 'would have been reused' : 'reused from the cache'}${view.scope === undefined || view.branches.length < 2 ? nothing : html`<span class="scope">${SCOPE_TEXT[view.scope]}</span>`}${view.reused > 0 && !shadow && view.why !== undefined ? html`<span>${view.why}</span>` : nothing}</p>
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
  return html`<p class="note">${view.mode === 'shadow' ? nothing : html`<b>Why nothing was reused:</b> `}${view.why.replace(/^Nothing was reused: /, '')}</p>`
}
