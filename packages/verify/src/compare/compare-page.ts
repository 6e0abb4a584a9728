/** The page of a comparison: one file with everything in it, that needs no network and runs only its own script. */
import { createHash } from 'node:crypto'
import { commonGain, differencePicture, paretoChart, type ParetoPoint } from '@dicache/nodes-diffusion/charts'
import { type Comparison, comparisonJson } from './compare-variants.ts'
import { html, type Html, jsonText, trusted } from './html.ts'
import { chartElement, pictureElement, shown } from './page-parts.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { variantSection } from './variant-section.ts'

export type PageFacts = {
  readonly title: string
  /** What all runs share, by name: model, prompt, seed, device, … */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

/** Writes the page. Everything that comes from documents, reports or the command line is escaped. */
export async function comparePage(comparison: Comparison, { title, facts }: PageFacts): Promise<string> {
  const { baseline, variants } = comparison
  const reference = baseline.runs.picture
  const gain = commonGain(variants.map(({ runs }) => differencePicture(reference, runs.picture, 1)))
  const sections: Html[] = []
  for (const [index, variant] of variants.entries())
    sections.push(await variantSection(variant, { index, reference, gain }))
  const batch = reference.shape[0] ?? 1
  const body = html`<main>
<h1>${title}</h1>
<p class="soft">Each setting against the uncached run of the same round, on the same machine, taken in turn.${batch > 1 ? ` The first of ${batch} pictures is shown; PSNR and SSIM are over all.` : ''}</p>
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<nav>${variants.map(({ runs }, index) => html`<a href="#variant-${index}">${runs.name}</a>`)}</nav>
<section class="card">
${summary(comparison)}
</section>
<section class="card">
${await chartElement((options) => paretoChart(pointsOf(comparison), options))}
</section>
<section class="card" id="slider">
<h2>Uncached and cached</h2>
${await slider(comparison)}
</section>
${sections}</main>
<script type="application/json" id="figures">${jsonText(comparisonJson(comparison))}</script>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src '${hashOf(pageStyle)}'; script-src '${hashOf(pageScript)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html`${title}`.markup}</title>
<style>${pageStyle}</style>
</head>
<body>
${body.markup}
<script>${pageScript}</script>
</body>
</html>
`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function summary({ baseline, variants }: Comparison): Html {
  const row = (name: Html, cells: readonly string[]): Html =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`
  return html`<h2>In numbers</h2>
<div class="scroll" tabindex="0"><table>
<thead><tr><th scope="col">setting</th><th scope="col">PSNR</th><th scope="col">SSIM</th><th scope="col">sampling</th><th scope="col">speed-up</th><th scope="col">step ratio</th><th scope="col">speed-up ÷<br>step ratio</th><th scope="col">FLOP ideal</th><th scope="col">efficiency</th></tr></thead>
<tbody>
${row(html`${baseline.runs.name}`, ['exact', '1', shown(baseline.wallMs, 0, ' ms'), '1.00×', '1.00', '–', '–', '–'])}
${variants.map((variant, index) =>
  row(html`<a href="#variant-${index}">${variant.runs.name}</a>`, [
    shown(variant.psnr, 2, ' dB'),
    shown(variant.ssim, 4),
    shown(variant.wallMs, 0, ' ms'),
    shown(variant.speedup, 2, '×'),
    shown(variant.stepRatio, 2),
    shown(variant.timePerStepSaved, 2),
    shown(variant.flopIdealSpeedup, 2, '×'),
    shown(variant.efficiency, 2),
  ]),
)}
</tbody></table></div>
<p class="soft">Sampling: wall time of the sampler alone, median of ${baseline.runs.wallMs.length} round${baseline.runs.wallMs.length === 1 ? '' : 's'}. Speed-up: uncached ÷ this, round by round. Step ratio: evaluations of the uncached run ÷ computed evaluations. FLOP ideal: the speed-up that the arithmetic left out allows. Efficiency: speed-up ÷ FLOP ideal. PSNR and SSIM are against the uncached picture.</p>`
}

function pointsOf({ variants }: Comparison): readonly ParetoPoint[] {
  return variants.map(({ runs, wallMs, speedup, psnr, ssim }) => ({
    series: runs.series,
    label: runs.label,
    wallMs,
    speedup,
    psnr,
    ssim,
  }))
}

/** The uncached picture, and over it the one that is chosen; the script fills it in. */
async function slider({ baseline, variants }: Comparison): Promise<Html> {
  const [, height = 0, width = 0] = baseline.runs.picture.shape
  // A picture without a difference shows nothing.
  const chosen = Math.max(
    0,
    variants.findIndex(({ psnr }) => Number.isFinite(psnr)),
  )
  const choices = variants.map(({ runs }, index) => {
    return html`<label><input type="radio" name="over" value="picture-${index}" data-label="${runs.name}"${trusted(index === chosen ? ' checked' : '')}>${runs.name}</label>`
  })
  return html`<fieldset class="choose" aria-label="Compared with">${choices}</fieldset>
<div class="slider"><div class="stage">${await pictureElement(baseline.runs.picture, { id: 'uncached', alt: 'Picture of the uncached run' })}<img class="over${trusted(width < 320 ? ' small' : '')}" alt="" width="${width}" height="${height}" src="${EMPTY}"></div>
<input type="range" min="0" max="100" value="50" aria-label="Where the pictures meet, from left to right">
<div class="ends"><span>${baseline.runs.name}</span><span class="right"></span></div></div>`
}

/** A transparent pixel: what lies over the uncached picture until the script has chosen. */
const EMPTY = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
