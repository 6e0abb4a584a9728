/** Finds the names that someone may have meant: case, words in common, a few letters off. */

/** Names longer than this are compared no further; typos happen in short ones. */
const MAX_LENGTH = 80

/** The most similar candidates, best first, at most `count`. */
export function nearNames(name: string, candidates: readonly string[], count: number = 3): readonly string[] {
  if (name === '' || name.length > MAX_LENGTH) return []
  const wanted = name.toLowerCase()
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  return candidates
    .filter((candidate) => candidate.length <= MAX_LENGTH)
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}

/** Gives `Did you mean "a" or "b"?`, or nothing. */
export type Suggest = (name: string, candidates: readonly string[]) => string

/**
 * Makes a suggester for one check. Comparing costs, and a broken document may have ten thousand wrong names:
 * equal questions are answered once, and after `budget` comparisons there are no more suggestions.
 */
export function createSuggester(budget: number = 20_000): Suggest {
  const answers = new Map<readonly string[], Map<string, string>>()
  let left = budget
  return function suggest(name: string, candidates: readonly string[]): string {
    const known = answers.get(candidates) ?? new Map<string, string>()
    answers.set(candidates, known)
    const answer = known.get(name)
    if (answer !== undefined) return answer
    left -= candidates.length
    const near = left < 0 ? [] : nearNames(name, candidates)
    const text = near.length === 0 ? '' : ` Did you mean ${near.map((item) => `"${item}"`).join(' or ')}?`
    known.set(name, text)
    return text
  }
}

/** Levenshtein distance; 1 where one name contains the other. */
function distanceOf(a: string, b: string): number {
  if (a === b) return 0
  if (Math.min(a.length, b.length) >= 4 && (a.includes(b) || b.includes(a))) return 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const substitute = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(substitute, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
