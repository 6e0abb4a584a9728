/** Texts as Python's str treats them. */

/** The characters of a text, as Python counts them: code points. */
export function characters(text: string): readonly string[] {
  return Array.from(text)
}

/** The first letter large, all others small. */
export function capitalized(text: string): string {
  const [first = '', ...rest] = characters(text)
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** The first letter of every run of letters large, all others small. */
export function titled(text: string): string {
  return text.replace(/[\p{L}\p{M}]+/gu, capitalized)
}

/** White space that Python knows and JavaScript does not. */
const SPACES = ['\u001c', '\u001d', '\u001e', '\u001f', '\u0085']

/** Without white space at its ends. */
export function trimmed(text: string, side: 'Both' | 'Left' | 'Right'): string {
  let [start, end] = [0, text.length]
  if (side !== 'Right') while (start < end && isSpace(text.charAt(start))) start += 1
  if (side !== 'Left') while (end > start && isSpace(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isSpace(character: string): boolean {
  return character.trim() === '' || SPACES.includes(character)
}
