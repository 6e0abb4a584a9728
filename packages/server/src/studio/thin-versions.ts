/** Which versions of a document are kept: many of the last hour, few of last week, and never more than fit. */

/** How a version came about: `saved` by its user, `autosave` by the editor. */
export type VersionKind = 'saved' | 'autosave'

/** One version, as the name of its file says. */
export type Version = {
  /** Its name, which is also its time. */
  readonly id: string
  readonly kind: VersionKind
  readonly savedAtMs: number
  readonly sizeBytes: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** What was saved on purpose stays longer than what was not, up to this many. */
const MAX_SAVED = 50
const MAX_VERSIONS = 200
const MAX_BYTES = 128 * 2 ** 20

/**
 * The versions to drop. Autosaves: all of the last hour stay, then the newest of each hour for a day, then the newest of
 * each day for 30. The newest version of all always stays.
 * @param versions newest first
 */
export function versionsToDrop(versions: readonly Version[], nowMs: number): readonly Version[] {
  const seen = new Set<string>()
  let saved = 0
  const wanted = versions.filter(({ kind, savedAtMs }) => {
    if (kind === 'saved') return ++saved <= MAX_SAVED
    const slot = slotOf(savedAtMs, nowMs)
    if (slot === undefined || seen.has(slot)) return false
    seen.add(slot)
    return true
  })
  // Where there are too many even so, autosaves go before what was saved on purpose, the oldest first.
  const byWorth = [...ofKind(wanted, 'saved'), ...ofKind(wanted, 'autosave')]
  const [newest] = versions
  const order = newest === undefined ? byWorth : [newest, ...byWorth.filter(({ id }) => id !== newest.id)]
  const kept = new Set<string>()
  let bytes = 0
  for (const { id, sizeBytes } of order) {
    bytes += sizeBytes
    if (kept.size > 0 && (bytes > MAX_BYTES || kept.size >= MAX_VERSIONS)) break
    kept.add(id)
  }
  return versions.filter(({ id }) => !kept.has(id))
}

/** What a version shares with those that it stands for; undefined when it is too old. */
function slotOf(savedAtMs: number, nowMs: number): string | undefined {
  const age = nowMs - savedAtMs
  if (age < HOUR_MS) return `at ${savedAtMs}`
  if (age < DAY_MS) return `hour ${Math.floor(savedAtMs / HOUR_MS)}`
  return age < 30 * DAY_MS ? `day ${Math.floor(savedAtMs / DAY_MS)}` : undefined
}

function ofKind(versions: readonly Version[], wanted: VersionKind): readonly Version[] {
  return versions.filter(({ kind }) => kind === wanted)
}
