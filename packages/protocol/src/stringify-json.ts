/** Writes JSON text: what was parsed is written as it was, numbers in their form and keys in their order. */
import { JsonFloat } from './json-value.ts'
import type { JsonObject, JsonValue } from './json-value.ts'
import { keysOf } from './key-order.ts'

/**
 * Writes JSON text; `bigint` and `JsonFloat` are written exactly, and what is no JSON as `JSON.stringify` does.
 * @param indent the number of spaces per level, or what stands for a level @defaultValue everything on one line
 */
export function stringifyJson(value: JsonValue, indent: number | string = 0): string {
  const step = typeof indent === 'string' ? indent : ' '.repeat(Math.min(Math.max(indent, 0), 10))
  const parts: string[] = []
  write(value, '\n', { step, parts })
  return parts.join('')
}

/** What stands for a level in a text of JSON; undefined where it is on one line. */
export function indentOf(text: string): string | undefined {
  return /^\s*[[{]\r?\n([ \t]+)/.exec(text)?.[1]
}

type Paper = { readonly step: string; readonly parts: string[] }

function write(item: unknown, line: string, paper: Paper): void {
  const { parts } = paper
  if (item instanceof JsonFloat) parts.push(item.source)
  else if (typeof item === 'bigint') parts.push(String(item))
  else if (typeof item !== 'object' || item === null) parts.push(JSON.stringify(item) ?? 'null')
  else if (Array.isArray(item)) writeList(item, line, paper)
  else if (hasToJson(item)) write(item.toJSON(), line, paper)
  else writeObject(item as JsonObject, line, paper)
}

function writeList(items: readonly unknown[], line: string, paper: Paper): void {
  const { step, parts } = paper
  if (items.length === 0) {
    parts.push('[]')
    return
  }
  const inner = step === '' ? '' : line + step
  parts.push('[')
  for (const [index, item] of items.entries()) {
    parts.push(index === 0 ? inner : `,${inner}`)
    write(item, inner, paper)
  }
  parts.push(step === '' ? ']' : `${line}]`)
}

function writeObject(object: JsonObject, line: string, paper: Paper): void {
  const { step, parts } = paper
  const inner = step === '' ? '' : line + step
  const colon = step === '' ? ':' : ': '
  let count = 0
  for (const key of keysOf(object)) {
    const item = object[key] as unknown
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue
    parts.push(count++ === 0 ? `{${inner}` : `,${inner}`, JSON.stringify(key), colon)
    write(item, inner, paper)
  }
  parts.push(count === 0 ? '{}' : step === '' ? '}' : `${line}}`)
}

function hasToJson(item: object): item is { readonly toJSON: () => unknown } {
  return 'toJSON' in item && typeof item.toJSON === 'function'
}
