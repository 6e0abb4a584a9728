/** What every panel is given, and small pieces that several use. */
import { html, svg } from 'lit'
import type { TemplateResult } from 'lit'
import type { Context } from '../app/context.ts'
import type { AppState } from '../state/app/app-state.ts'

export type Ui = {
  readonly state: AppState
  readonly context: Context
  /** Runs a command by name, `name` or `name:argument`. */
  readonly run: (command: string) => void
}

const ICONS = {
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6 6h12v12H6z',
  undo: 'M9 7 4 12l5 5M4 12h10a5 5 0 0 1 0 10h-1',
  redo: 'M15 7l5 5-5 5M20 12H10a5 5 0 0 0 0 10h1',
  folder: 'M3 6a2 2 0 0 1 2-2h4l2 3h8a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z',
  plus: 'M12 5v14M5 12h14',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01',
  chart: 'M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6',
  info: 'M12 11v6M12 7h.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z',
  help: 'M9.5 9a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .9-1 1.7M12 17h.01M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20z',
  sun: 'M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 1v2M12 21v2M4.2 4.2l1.4 1.4M18.4 18.4l1.4 1.4M1 12h2M21 12h2M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4',
  moon: 'M21 13A9 9 0 1 1 11 3a7 7 0 0 0 10 10z',
  close: 'M6 6l12 12M18 6 6 18',
  save: 'M5 3h11l3 3v13a2 2 0 0 1-2 2H5zM8 3v5h7V3M8 21v-7h8v7',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  minus: 'M5 12h14',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  trash: 'M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  dice: 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01',
} as const

export type IconName = keyof typeof ICONS

export function icon(name: IconName): TemplateResult {
  const filled = name === 'play' || name === 'stop'
  return html`<svg class=${filled ? 'icon filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${ICONS[name]} />`}</svg>`
}

export function empty(title: string, text: string, action?: TemplateResult): TemplateResult {
  return html`<div class="empty"><p class="empty-title">${title}</p><p>${text}</p>${action ?? ''}</div>`
}

export function loading(what: string): TemplateResult {
  return html`<div class="empty" role="status"><span class="spinner"></span><p>${what}</p></div>`
}

/** Marks the frame of a picture whose file is not there any more, at `error`, and takes the mark away at `load`. */
export function markGone(event: Event): void {
  const image = event.target as HTMLElement
  const frame = image.closest<HTMLElement>('.shot') ?? image
  if (event.type === 'error') frame.dataset['gone'] = 'true'
  else delete frame.dataset['gone']
}

/** `just now`, `5 min ago`, or the date. */
export function ago(atMs: number, nowMs: number): string {
  const minutes = Math.round((nowMs - atMs) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`
  return new Date(atMs).toLocaleDateString()
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}
