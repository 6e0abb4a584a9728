/** Colours and fonts of the canvas: one palette for dark, one for light, and a colour for every type of link. */

/** What the canvas is painted with. */
export type Palette = {
  readonly name: 'dark' | 'light'
  readonly background: string
  readonly grid: string
  readonly node: string
  readonly nodeTitle: string
  readonly border: string
  readonly text: string
  readonly textDim: string
  readonly field: string
  readonly fieldBorder: string
  readonly accent: string
  readonly running: string
  readonly done: string
  readonly cached: string
  readonly error: string
  readonly errorSoft: string
  readonly bypass: string
  readonly highlight: {
    readonly weight: string
    readonly choice: string
    readonly separator: string
    readonly lora: string
  }
}

const DARK: Palette = {
  name: 'dark',
  background: '#14161c',
  grid: '#22252e',
  node: '#20242e',
  nodeTitle: '#2a2f3c',
  border: '#3a4152',
  text: '#e8ebf2',
  textDim: '#9aa3b5',
  field: '#161920',
  fieldBorder: '#343b4b',
  accent: '#7aa2ff',
  running: '#ffb454',
  done: '#5fd08f',
  cached: '#59c7d9',
  error: '#ff6b6b',
  errorSoft: '#4a2329',
  bypass: '#b48cff',
  highlight: { weight: '#ffb454', choice: '#59c7d9', separator: '#78829a', lora: '#b48cff' },
}

const LIGHT: Palette = {
  name: 'light',
  background: '#eef0f5',
  grid: '#dcdfe8',
  node: '#ffffff',
  nodeTitle: '#e7eaf2',
  border: '#c1c7d6',
  text: '#1b2130',
  textDim: '#586176',
  field: '#f5f6fa',
  fieldBorder: '#cdd2df',
  accent: '#2f5fdd',
  running: '#b56400',
  done: '#1c7d48',
  cached: '#0c7489',
  error: '#c62f36',
  errorSoft: '#fde4e4',
  bypass: '#7a45d6',
  highlight: { weight: '#9a5200', choice: '#0c7489', separator: '#6a7488', lora: '#7a45d6' },
}

export function paletteOf(theme: 'dark' | 'light'): Palette {
  return theme === 'dark' ? DARK : LIGHT
}

export const FONT = 'Inter, "Segoe UI", system-ui, -apple-system, "Noto Sans", sans-serif'
export const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", Menlo, monospace'

const TYPE_HUES: ReadonlyMap<string, readonly [hue: number, saturation: number]> = new Map([
  ['MODEL', [258, 75]],
  ['CLIP', [48, 85]],
  ['VAE', [354, 75]],
  ['CONDITIONING', [26, 85]],
  ['LATENT', [318, 70]],
  ['IMAGE', [208, 85]],
  ['MASK', [100, 45]],
  ['PROBE', [176, 70]],
  ['REPORT', [150, 60]],
  ['INT', [190, 45]],
  ['FLOAT', [165, 40]],
  ['STRING', [80, 50]],
  ['BOOLEAN', [0, 45]],
  ['COMBO', [230, 35]],
  ['SIGMAS', [130, 55]],
  ['NOISE', [285, 40]],
  ['GUIDER', [66, 55]],
  ['SAMPLER', [340, 55]],
])

/** The colour of a type of link; unknown types get one from their name, the same every time. */
export function typeColor(type: string, theme: 'dark' | 'light'): string {
  if (type === '*' || type === '') return theme === 'dark' ? '#a3abbd' : '#5d667a'
  const [hue, saturation] = TYPE_HUES.get(type) ?? [hueOf(type), 50]
  return `hsl(${hue} ${saturation}% ${theme === 'dark' ? 68 : 42}%)`
}

function hueOf(name: string): number {
  let hash = 7
  for (let at = 0; at < Math.min(name.length, 64); at++) hash = (hash * 31 + name.charCodeAt(at)) % 360
  return hash
}
