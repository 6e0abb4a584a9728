/** Values that fit a JSON schema, as far as our descriptions use them. */
import fc from 'fast-check'

type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly minimum?: number
  readonly maxLength?: number
}

/** Makes the arbitrary of a schema; of one that says nothing, any JSON. */
export function arbitraryOf(given: object): fc.Arbitrary<unknown> {
  const schema = given as Schema
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  switch (schema.type) {
    case 'string':
      return fc.string({ maxLength: Math.min(schema.maxLength ?? 40, 40) })
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: 100_000 })
    case 'number':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}), { maxLength: 4 })
    case 'object': {
      const known = fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, one]) => [name, arbitraryOf(one)]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      )
      const { additionalProperties: more } = schema
      if (more === undefined) return known
      return fc
        .tuple(fc.dictionary(fc.string({ maxLength: 5 }), arbitraryOf(more), { maxKeys: 4 }), known)
        .map(([others, own]): object => ({ ...others, ...own }))
    }
    default:
      return fc.jsonValue({ maxDepth: 3 })
  }
}
