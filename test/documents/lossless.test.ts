/** D-20: what is read is written back as it was: keys in their order, numbers in their form, unknown fields in place. */
import { convertWorkflow } from '@dicache/host'
import { createRegistry } from '@dicache/engine'
import { parseWorkflowText, stringifyJson, type JsonValue } from '@dicache/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pairs } from './fixtures.ts'

const registry = createRegistry([])

it.each(pairs)('$name, byte by byte', async ({ ui, api }) => {
  expect((await convertWorkflow({ registry }, ui, { to: 'ui' })).text).toBe(ui)
  expect((await convertWorkflow({ registry }, api, { to: 'api' })).text).toBe(api)
})

/** Numbers as programs of all sorts write them. */
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '5.0',
    '-0',
    '-0.0',
    '1e3',
    '1E+3',
    '0.10',
    '1e-05',
    '1.50',
    '1e400',
    '123456789012345678901234567890',
  ),
)
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('12', '3', '007', '-1', 'id', '__proto__', 'constructor', 'toString', 'é', '\ud800', 'NaN'),
)
/** JSON texts with every order of keys; no key comes twice. */
const { json } = fc.letrec<{ json: string; entries: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    numbers,
    words.map((text) => JSON.stringify(text)),
    fc.constantFrom('null', 'true', 'false'),
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    tie('entries').map((entries) => `{${entries}}`),
  ),
  entries: fc
    .uniqueArray(fc.tuple(words, tie('json')), { selector: ([key]) => key, maxLength: 5 })
    .map((list) => list.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')),
}))
const more = (known: readonly string[]): fc.Arbitrary<string> =>
  fc.uniqueArray(fc.tuple(words, json), { selector: ([key]) => key, maxLength: 3 }).map((list) =>
    list
      .filter(([key]) => !known.includes(key))
      .map(([key, value]) => `,${JSON.stringify(key)}:${value}`)
      .join(''),
  )
const id = fc.oneof(
  fc.nat({ max: 99 }).map(String),
  words.map((text) => JSON.stringify(text)),
)
const inputs = fc.array(
  fc
    .tuple(words, fc.oneof(id, fc.constant('null')), more(['name', 'link', 'widget']))
    .map(([name, link, rest]) => `{"name":${JSON.stringify(name)},"link":${link}${rest}}`),
  { maxLength: 3 },
)
const nodes = fc.array(
  fc
    .tuple(
      id,
      words,
      fc.constantFrom('0', '2', '4'),
      inputs,
      json,
      more(['id', 'type', 'mode', 'inputs', 'outputs', 'title', 'widgets_values', 'properties']),
    )
    .map(
      ([own, type, mode, list, value, rest]) =>
        `{"id":${own},"type":${JSON.stringify(type)},"mode":${mode},"inputs":[${list.join(',')}],"widgets_values":[${value}]${rest}}`,
    ),
  { maxLength: 4 },
)
const documents = fc
  .tuple(
    nodes,
    fc.array(json, { maxLength: 4 }),
    more([]),
    more(['nodes', 'links', 'extra', 'definitions', 'version']),
    fc.constantFrom('0.4', '1', '0.40'),
  )
  .map(
    ([list, links, extra, rest, version]) =>
      `{"last_node_id":9${rest},"nodes":[${list.join(',')}],"links":[${links.join(',')}],"extra":{"ds":{"scale":1.0}${extra}},"version":${version}}`,
  )
  // A document that names one key twice has no such form.
  .filter((text) => !/"last_node_id".*"last_node_id"/.test(text))

it('5,000 generated documents', () => {
  let read = 0
  fc.assert(
    fc.property(documents, (text) => {
      const parsed = parseWorkflowText(text)
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
      read++
      expect(stringifyJson(parsed.value.document as unknown as JsonValue)).toBe(text)
    }),
    { numRuns: 5000, seed: 1 },
  )
  expect(read).toBeGreaterThanOrEqual(5000)
})
