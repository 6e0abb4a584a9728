/** Fills the variables of a file name's prefix. */
import { type PrefixSource, settingText } from './prefix-values.ts'

/** What the variables stand for. */
export type PrefixFacts = {
  readonly widthPx: number
  readonly heightPx: number
  /** Place of the picture in its batch, from 0. */
  readonly batchIndex: number
  /** Taken once a batch, so that its files have one time. */
  readonly now: Date
  readonly source: PrefixSource
}

/**
 * Fills a prefix in the order in which ComfyUI's editor and server do: first `%date:yyyy-MM-dd%` and
 * `%NodeTitle.param%`, then `%width% %height% %year% %month% %day% %hour% %minute% %second% %batch_num%`.
 * Whatever names nothing stays as it is written.
 */
export function fillPrefix(prefix: string, facts: PrefixFacts): string {
  const { now, source } = facts
  const two = (value: number): string => String(value).padStart(2, '0')
  const words = [
    ['width', String(facts.widthPx)],
    ['height', String(facts.heightPx)],
    ['year', String(now.getFullYear())],
    ['month', two(now.getMonth() + 1)],
    ['day', two(now.getDate())],
    ['hour', two(now.getHours())],
    ['minute', two(now.getMinutes())],
    ['second', two(now.getSeconds())],
    ['batch_num', String(facts.batchIndex)],
  ] as const
  const named = prefix
    .replaceAll(/%date:([^%]+)%/g, (_, format: string) => formatDate(format, now))
    .replaceAll(
      /%([^%.]+)\.([^%.]+)%/g,
      (whole, node: string, param: string) => settingText(node, param, source) ?? whole,
    )
  return words.reduce((text, [name, value]) => text.replaceAll(`%${name}%`, value), named)
}

/** d, M, h (0..23), m, s, each with two digits where doubled; yyyy and yy. Everything else stays. */
function formatDate(format: string, date: Date): string {
  const values: ReadonlyMap<string, number> = new Map([
    ['d', date.getDate()],
    ['M', date.getMonth() + 1],
    ['h', date.getHours()],
    ['m', date.getMinutes()],
    ['s', date.getSeconds()],
  ])
  const year = String(date.getFullYear())
  return format.replaceAll(/yyyy|yy|dd?|MM?|hh?|mm?|ss?/g, (token) => {
    const value = values.get(token.slice(0, 1))
    if (value === undefined) return token === 'yy' ? year.slice(-2) : year
    return String(value).padStart(token.length, '0')
  })
}
