/** The part of a page that shows one setting: picture, difference, numbers, curves. */
import {
  cleanText,
  differencePicture,
  gammaChart,
  indicatorChart,
  readReport,
  skipTimeline,
  timeChart,
} from '@dicache/nodes-diffusion/charts'
import type { FloatTensor } from '@dicache/tensor'
import type { ComparedVariant } from './compare-variants.ts'
import { html, type Html } from './html.ts'
import { chartElement, pictureElement, shown } from './page-parts.ts'

/** Draws a setting. `gain` is how much every difference of the page is brightened. */
export async function variantSection(
  variant: ComparedVariant,
  facts: { readonly index: number; readonly reference: FloatTensor; readonly gain: number },
): Promise<Html> {
  const { runs } = variant
  const { index, gain } = facts
  const report = readReport(runs.report)
  const difference = differencePicture(facts.reference, runs.picture, gain)
  return html`<section class="card" id="variant-${index}">
<h2>${runs.name}</h2>
<p class="soft">${report.why} Set: ${cleanText(runs.settings.join(' '))}</p>
${numbers(variant)}
<div class="pictures">
<figure>${await pictureElement(runs.picture, { id: `picture-${index}`, alt: `Picture of ${runs.name}` })}<figcaption>Picture</figcaption></figure>
<figure>${await pictureElement(difference, { id: `difference-${index}`, alt: `Difference of ${runs.name} from the uncached picture` })}<figcaption>${differenceWords(variant.largestDifference, gain)}</figcaption></figure>
</div>
${await chartElement((options) => skipTimeline(report, options))}
<details open><summary>Curves</summary>
${await chartElement((options) => indicatorChart(report, options))}
${await chartElement((options) => gammaChart(report, options))}
${await chartElement((options) => timeChart(report, options))}
</details>
</section>
`
}

function differenceWords(largest: number, gain: number): string {
  return largest === 0
    ? 'No difference from the uncached picture'
    : `Difference from the uncached picture, ${gain} times as bright; at most ${shown(100 * largest, 1)} % of a channel`
}

function numbers(variant: ComparedVariant): Html {
  const entry = (value: string, what: string): Html => html`<li><b>${value}</b><span>${what}</span></li>`
  return html`<ul class="numbers">
${entry(shown(variant.psnr, 2, ' dB'), 'PSNR')}
${entry(shown(variant.ssim, 4), 'SSIM')}
${entry(shown(variant.wallMs, 0, ' ms'), 'sampling')}
${entry(shown(variant.speedup, 2, '×'), 'measured speed-up')}
${entry(shown(variant.stepRatio, 2), 'step ratio')}
${entry(shown(variant.efficiency, 2), 'efficiency')}
</ul>`
}
