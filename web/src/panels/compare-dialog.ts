/** Two pictures over each other with a slider, beside each other, or their difference, with PSNR and SSIM. */
import { html, noChange } from 'lit'
import type { TemplateResult } from 'lit'
import { AsyncDirective, directive } from 'lit/async-directive.js'
import type { ElementPart } from 'lit/directive.js'
import type { SavedFile } from '@dicache/protocol'
import { urlOf } from '../server/files.ts'
import type { Overlay } from '../state/app/app-state.ts'
import { difference, psnr, ssim } from '../state/run/image-metrics.ts'
import type { Pixels } from '../state/run/image-metrics.ts'
import type { Ui } from './ui.ts'

type Compare = Extract<Overlay, { kind: 'compare' }>
const VIEWS = [
  ['slider', 'Slider'],
  ['side', 'Side by side'],
  ['difference', 'Difference ×8'],
] as const

export function compareDialog(ui: Ui, open: Compare): TemplateResult {
  return html`<div class="row" role="group" aria-label="View">
      ${VIEWS.map(([view, label]) => html`<button aria-pressed=${open.view === view} @click=${() => ui.context.store.dispatch({ type: 'overlay', overlay: { ...open, view } })}>${label}</button>`)}
      <span class="grow"></span><output class="metrics">…</output>
    </div>
    <div class="compare by-${open.view}" ${comparison(open)}>
      <img class="left" src=${urlOf(open.left)} alt=${`${open.names?.[0] ?? 'First'}: ${open.left.filename}`} />
      <img class="right" src=${urlOf(open.right)} alt=${`${open.names?.[1] ?? 'Second'}: ${open.right.filename}`} />
      <canvas aria-label="Where the pictures differ"></canvas>
    </div>
    ${open.view === 'slider' ? html`<input class="wide" type="range" min="0" max="100" value="50" aria-label="How much of the first picture is seen" @input=${slide} />` : ''}
    <p class="names quiet"><span>${open.names === undefined ? '' : html`<b>${open.names[0]}</b> · `}${open.left.filename}</span><span>${open.names === undefined ? '' : html`<b>${open.names[1]}</b> · `}${open.right.filename}</span></p>`
}

function slide(event: Event): void {
  const input = event.target as HTMLInputElement
  input.parentElement?.querySelector<HTMLElement>('.compare')?.style.setProperty('--split', `${input.value}%`)
}

class Comparison extends AsyncDirective {
  #key = ''

  override update({ element }: ElementPart, [{ left, right }]: [Compare]): unknown {
    const key = `${urlOf(left)} ${urlOf(right)}`
    if (key !== this.#key) {
      this.#key = key
      void show(element, left, right)
    }
    return noChange
  }

  render(_open: Compare): unknown {
    return noChange
  }
}

const comparison: (open: Compare) => unknown = directive(Comparison)

async function show(element: Element, left: SavedFile, right: SavedFile): Promise<void> {
  const say = (text: string): void => {
    // Found when it is needed: at the first update the element is not in the page yet.
    const output = element.parentElement?.querySelector('.metrics')
    if (output !== null && output !== undefined) output.textContent = text
  }
  try {
    const [a, b] = await Promise.all([pixelsOf(left), pixelsOf(right)])
    if (a.width !== b.width || a.height !== b.height) {
      return say(`Sizes differ (${a.width}×${a.height}, ${b.width}×${b.height}): not measured.`)
    }
    const db = psnr(a, b)
    say(`PSNR ${Number.isFinite(db) ? `${db.toFixed(2)} dB` : '∞ (equal)'} · SSIM ${ssim(a, b).toFixed(4)}`)
    const canvas = element.querySelector('canvas')
    if (canvas === null) return
    canvas.width = a.width
    canvas.height = a.height
    canvas.getContext('2d')?.putImageData(new ImageData(difference(a, b, 8), a.width, a.height), 0, 0)
  } catch {
    say('One of the pictures cannot be loaded.')
  }
}

async function pixelsOf(file: SavedFile): Promise<Pixels> {
  const response = await fetch(urlOf(file))
  if (!response.ok) throw new Error(`${file.filename}: ${response.status}`)
  const bitmap = await createImageBitmap(await response.blob())
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  const ctx = canvas.getContext('2d')
  if (ctx === null) throw new Error('no canvas')
  ctx.drawImage(bitmap, 0, 0)
  bitmap.close()
  return ctx.getImageData(0, 0, canvas.width, canvas.height)
}
