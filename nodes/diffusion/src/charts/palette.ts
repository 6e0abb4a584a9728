/** Colours of charts, light and dark. They differ in lightness as well as in hue, so that they are told apart without colour vision. */

export type ChartTheme = 'light' | 'dark' | 'page'

/** What is drawn in a colour of its own. */
export type ColourName =
  | 'background'
  | 'ink'
  | 'muted'
  | 'grid'
  | 'axis'
  | 'limit'
  | 'forced'
  | 'refreshed'
  | 'dcta'
  | 'zero-order'
  | 'other-reuse'
  | 'series-1'
  | 'series-2'
  | 'series-3'
  | 'series-4'
  | 'series-5'
  | 'series-6'

export type Palette = Readonly<Record<ColourName, string>>

// Hues after Okabe and Ito, "Color universal design" (2008): blue what was computed, orange what was reused.
const light: Palette = {
  background: '#ffffff',
  ink: '#1b2026',
  muted: '#59636e',
  grid: '#e4e8ed',
  axis: '#8b95a1',
  limit: '#a01458',
  forced: '#0b5c94',
  refreshed: '#4ea8e0',
  dcta: '#e69f00',
  'zero-order': '#b3500f',
  'other-reuse': '#e69f00',
  'series-1': '#0072b2',
  'series-2': '#d55e00',
  'series-3': '#00875f',
  'series-4': '#b0569a',
  'series-5': '#b07c00',
  'series-6': '#1b2026',
}

const dark: Palette = {
  background: '#14181d',
  ink: '#e8ecf1',
  muted: '#a5afba',
  grid: '#2a3038',
  axis: '#727c88',
  limit: '#ff8fc1',
  forced: '#3c8fca',
  refreshed: '#a3d6f8',
  dcta: '#f0b429',
  'zero-order': '#e5763a',
  'other-reuse': '#f0b429',
  'series-1': '#56b4e9',
  'series-2': '#f07f3c',
  'series-3': '#2fbf91',
  'series-4': '#dd8fc6',
  'series-5': '#f0b429',
  'series-6': '#e8ecf1',
}

const names = Object.keys(light) as ColourName[]

/** The colours of a theme; `page` names the custom properties of {@link paletteProperties}, so that one drawing follows the page's theme. */
export function paletteOf(theme: ChartTheme): Palette {
  switch (theme) {
    case 'light':
      return light
    case 'dark':
      return dark
    case 'page':
      return Object.fromEntries(names.map((name) => [name, `var(--chart-${name})`])) as Palette
  }
}

/** A theme's colours as declarations of CSS custom properties. */
export function paletteProperties(theme: 'light' | 'dark'): string {
  const palette = paletteOf(theme)
  return names.map((name) => `--chart-${name}:${palette[name]}`).join(';')
}

/** What a decision is called and drawn with. */
export type DecisionStyle = { readonly colour: ColourName; readonly label: string }

const decisions: Readonly<Record<string, DecisionStyle>> = {
  forced: { colour: 'forced', label: 'computed, forced' },
  refreshed: { colour: 'refreshed', label: 'computed, gate' },
  computed: { colour: 'refreshed', label: 'computed' },
  dcta: { colour: 'dcta', label: 'reused, DCTA' },
  'zero-order': { colour: 'zero-order', label: 'reused, zero order' },
}

/** The style of a decision; one that is not known is a reuse by another rule. */
export function decisionStyle(decision: string): DecisionStyle {
  return Object.hasOwn(decisions, decision)
    ? (decisions[decision] ?? { colour: 'other-reuse', label: decision })
    : { colour: 'other-reuse', label: decision === '' ? 'reused' : `reused, ${decision}` }
}
