/** Breaks JSON in reproducible ways, for tests that must survive anything. */

/** Random numbers from a seed: 0 ≤ x < 1 (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 60),
  1e308,
  18446744073709551616n,
  '',
  '__proto__',
  'constructor',
  'toString',
  '\u0000\ud800',
  'x'.repeat(300),
  'Number',
  'Reroute',
  'PrimitiveNode',
  'Note',
  'workflow>x',
  [],
  {},
  [[]],
  ['1', 0],
  ['1', -1],
  [1, 0],
  ['2', 0, 'INT'],
  { __value__: [1, 2] },
  [1, 1, 0, 2, 0, 'INT'],
  [null],
  { dicache: 1 },
  JSON.parse('{"__proto__":{"a":1}}'),
]
const KEYS = [
  'id',
  'type',
  'mode',
  'inputs',
  'outputs',
  'link',
  'links',
  'name',
  'widgets_values',
  'class_type',
  '__proto__',
  'extra',
]

/** A copy of a JSON value with `count` random changes. */
export function mutate(value: unknown, random: () => number, count: number): unknown {
  const holder = { root: structuredClone(value) }
  for (let change = 0; change < count; change++) mutateOnce(holder, random)
  return holder.root
}

function mutateOnce(holder: { root: unknown }, random: () => number): void {
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
  let parent: Record<string, unknown> = holder
  let key = 'root'
  for (;;) {
    const child = parent[key]
    const keys = typeof child === 'object' && child !== null ? Object.keys(child) : []
    if (keys.length === 0 || (parent !== holder && random() < 0.2)) break
    parent = child as Record<string, unknown>
    key = pick(keys) ?? ''
  }
  const set = (name: string, item: unknown): void => {
    Object.defineProperty(parent, name, { value: item, enumerable: true, configurable: true, writable: true })
  }
  const action = random()
  if (action < 0.5) set(key, structuredClone(pick(JUNK)))
  else if (action < 0.7 && parent !== holder) delete parent[key]
  else if (action < 0.85) set(pick(KEYS) ?? key, structuredClone(parent[key]))
  else {
    const other = pick(Object.keys(parent)) ?? key
    const [first, second] = [parent[key], parent[other]]
    set(key, second)
    set(other, first)
  }
}

const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'NaN',
  '-Infinity',
  '1e999',
  '5.0',
  '\u0000',
  '\\u12',
  'null',
  '/*',
  ' ',
]

/** A text with `count` random cuts, insertions and repetitions. */
export function mutateText(text: string, random: () => number, count: number): string {
  let changed = text
  for (let change = 0; change < count; change++) {
    const at = Math.floor(random() * (changed.length + 1))
    const end = at + Math.floor(random() * 12)
    const action = random()
    const piece = PIECES[Math.floor(random() * PIECES.length)] ?? ''
    if (action < 0.4) changed = changed.slice(0, at) + changed.slice(end)
    else if (action < 0.8) changed = changed.slice(0, at) + piece + changed.slice(at)
    else if (action < 0.95) changed = changed.slice(0, end) + changed.slice(at)
    else changed = changed.slice(0, at)
  }
  return changed
}
