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

/** `Did you mean "a" or "b"?`, or nothing. */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const near = nearNames(name, candidates)
  return near.length === 0 ? '' : ` Did you mean ${near.map((item) => `"${item}"`).join(' or ')}?`
}

/** Levenshtein distance; 1 where one name contains the other. */
function distanceOf(a: string, b: string): number {
  if (a === b) return 0
  if (Math.min(a.length, b.length) >= 4 && (a.includes(b) || b.includes(a))) return 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const substitute = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(substitute, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
