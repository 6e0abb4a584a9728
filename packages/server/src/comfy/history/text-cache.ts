/** Keeps texts up to a total length; the one not asked for longest goes first. */

/** A bounded cache. */
export type TextCache = {
  readonly get: (key: string) => string | undefined
  readonly set: (key: string, text: string) => void
}

/** Makes a cache of so many characters. */
export function createTextCache(maxCharacters: number): TextCache {
  const texts = new Map<string, string>()
  let total = 0
  return {
    get(key) {
      const text = texts.get(key)
      if (text === undefined) return undefined
      texts.delete(key)
      texts.set(key, text)
      return text
    },
    set(key, text) {
      if (text.length > maxCharacters) return
      total += text.length - (texts.get(key)?.length ?? 0)
      texts.delete(key)
      texts.set(key, text)
      for (const [oldest, { length }] of texts) {
        if (total <= maxCharacters) break
        texts.delete(oldest)
        total -= length
      }
    },
  }
}
