/**
 * The order in which an object's keys were written. JavaScript puts keys that look like whole numbers first, in
 * ascending order; a document that says `{"12": …, "3": …}` is to be written back as it was.
 */
import type { JsonObject } from './json-value.ts'

/** Only objects whose written order JavaScript does not keep are in here. */
const written = new WeakMap<object, readonly string[]>()

/** An object's keys: in the order of the text it was parsed from, if there was one and it still has those keys. */
export function keysOf(object: JsonObject): readonly string[] {
  const order = written.get(object)
  if (order === undefined) return Object.keys(object)
  const now = Object.keys(object)
  return now.length === order.length && order.every((key) => Object.hasOwn(object, key)) ? order : now
}

/** A key of digits somewhere: only then can the order differ. */
const WHOLE_KEY = /"(?:\d|\\u003\d)+"\s*:/

type Frame = {
  readonly value: unknown
  /** An object's keys so far; undefined for a list. */
  readonly keys: Set<string> | undefined
  awaitsKey: boolean
  index: number
  /** The value that stands next in the text, as it was parsed. */
  next: unknown
}

/** Remembers the order of keys that JavaScript changed. `text` is JSON, and `root` what it was parsed to. */
export function rememberKeyOrder(text: string, root: unknown): void {
  if (!WHOLE_KEY.test(text)) return
  const frames: Frame[] = []
  let frame: Frame | undefined
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at)
        if (frame?.keys !== undefined && frame.awaitsKey) takeKey(frame, text.slice(at, end + 1))
        at = end
        break
      }
      case 0x7b: // {
      case 0x5b: {
        const value: unknown = frame === undefined ? root : frame.next
        const isObject = text.charCodeAt(at) === 0x7b
        frame = {
          value,
          keys: isObject ? new Set() : undefined,
          awaitsKey: isObject,
          index: 0,
          next: undefined,
        }
        frame.next = itemOf(value, 0)
        frames.push(frame)
        break
      }
      case 0x2c: // ,
        if (frame === undefined) break
        if (frame.keys !== undefined) frame.awaitsKey = true
        else frame.next = itemOf(frame.value, ++frame.index)
        break
      case 0x7d: // }
      case 0x5d:
        if (frame?.keys !== undefined) keepOrder(frame.value, [...frame.keys])
        frames.pop()
        frame = frames.at(-1)
        break
    }
  }
}

/** The index of the quote that ends the text which begins at `start`. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c) at++ // backslash: the next character is escaped
  }
  return text.length
}

function takeKey(frame: Frame, token: string): void {
  const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1)
  frame.awaitsKey = false
  frame.keys?.add(key)
  const { value } = frame
  frame.next =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as JsonObject)[key]
      : undefined
}

function itemOf(value: unknown, index: number): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[index] : undefined
}

function keepOrder(value: unknown, keys: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return
  const now = Object.keys(value)
  if (now.some((key, index) => key !== keys[index])) written.set(value, keys)
}
