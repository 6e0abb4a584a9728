/** HTML from templates: every value that is no markup of ours is escaped. */
import { cleanText, escapeMarkup } from '@dicache/nodes-diffusion/charts'

/** Markup that may stand in a page as it is. */
export type Html = { readonly markup: string }

type Value = Html | readonly Html[] | string | number | undefined

/**
 * Markup with values in it, in elements and in quoted attributes.
 * @example html`<p title="${title}">${label}</p>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return {
    markup: parts.reduce((text, part, index) => text + markupOf(values[index - 1]) + part),
  }
}

/** Markup that was made elsewhere in this project, such as a chart; never a text of a document. */
export function trusted(markup: string): Html {
  return { markup }
}

/** JSON as the text of a script element that nothing runs: no `<` of its strings can end the element. */
export function jsonText(value: unknown): Html {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item)
      ? String(item)
      : typeof item === 'bigint'
        ? item.toString()
        : item,
  )
  return {
    markup: text.replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${hex(character)}`),
  }
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')
}

function markupOf(value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escapeMarkup(cleanText(value))
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}
