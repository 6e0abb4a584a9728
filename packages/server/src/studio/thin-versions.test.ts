/** Which versions stay. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Version, type VersionKind, versionsToDrop } from './thin-versions.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = 400 * DAY + 0.5 * HOUR

/** A version of some age. */
const made = (ageMs: number, kind: VersionKind = 'autosave', sizeBytes = 1000): Version => ({
  id: `${kind}-${ageMs}`,
  kind,
  savedAtMs: NOW - ageMs,
  sizeBytes,
})
const every = (stepMs: number, lengthMs: number, kind?: VersionKind): Version[] =>
  Array.from({ length: Math.floor(lengthMs / stepMs) }, (_, at) => made(at * stepMs, kind))
const kept = (versions: readonly Version[]): readonly Version[] => {
  const dropped = new Set(versionsToDrop(versions, NOW).map(({ id }) => id))
  return versions.filter(({ id }) => !dropped.has(id))
}

describe('autosaves', () => {
  it('all stay for an hour, then one an hour for a day, then one a day for 30', () => {
    const ages = kept(every(10 * 60_000, 60 * DAY)).map(({ savedAtMs }) => NOW - savedAtMs)
    expect(ages.filter((age) => age < HOUR)).toHaveLength(6)
    expect(ages.filter((age) => age >= HOUR && age < DAY)).toHaveLength(24)
    expect(ages.filter((age) => age >= DAY)).toHaveLength(30)
    expect(ages.every((age) => age < 30 * DAY)).toBe(true)
  })

  it('give the newest of an hour and of a day', () => {
    const hour = [made(5 * HOUR), made(5 * HOUR + 60_000), made(5 * HOUR + 120_000)]
    expect(kept(hour)).toEqual([hour[0]])
    const day = [made(3 * DAY), made(3 * DAY + HOUR / 4)]
    expect(kept(day)).toEqual([day[0]])
  })

  it('keep the newest, however old or large', () => {
    expect(kept([made(90 * DAY), made(91 * DAY)])).toEqual([made(90 * DAY)])
    expect(kept([made(0, 'autosave', 2 ** 30), made(1000)])).toEqual([made(0, 'autosave', 2 ** 30)])
  })
})

it('what was saved on purpose outlives autosaves, in number and in bytes', () => {
  expect(kept(every(DAY, 80 * DAY, 'saved'))).toHaveLength(50)
  const big = 40 * 2 ** 20
  const list = [made(0), made(1000, 'autosave', big), made(2000, 'autosave', big)]
  const saved = [made(3000, 'saved', big), made(4000, 'saved', big)]
  expect(kept([...list, ...saved])).toEqual([list[0], list[1], ...saved])
})

it('is bounded whatever comes, never drops the newest, and thinning twice changes nothing', () => {
  const version = fc.record({
    age: fc.nat(60 * DAY),
    kind: fc.constantFrom<VersionKind>('saved', 'autosave'),
    size: fc.nat(2 ** 22),
  })
  fc.assert(
    fc.property(fc.uniqueArray(version, { maxLength: 300, selector: ({ age }) => age }), (list) => {
      const versions = list
        .toSorted((a, b) => a.age - b.age)
        .map(({ age, kind, size }) => made(age, kind, size))
      const left = kept(versions)
      expect(left[0]).toEqual(versions[0])
      expect(left.length).toBeLessThanOrEqual(200)
      expect(left.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(2 ** 27)
      expect(kept(left)).toEqual(left)
    }),
    { numRuns: 60 },
  )
})
