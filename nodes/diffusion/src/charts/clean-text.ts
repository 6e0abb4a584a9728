/** Texts that come from documents, made fit for XML: whatever they hold, they stay text. */

/** The longest text that is taken over from a document. */
const MAX_LENGTH = 500

/** Well-formed, without the characters that XML forbids, in one line, at most 500 characters. */
export function cleanText(text: string): string {
  const line = text
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replaceAll(FORBIDDEN, '\uFFFD')
    .replaceAll(/\s+/g, ' ')
  return text.length > MAX_LENGTH ? `${line}…` : line
}

/** Text as it may stand in an element or a quoted attribute, of XML and of HTML. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/g
