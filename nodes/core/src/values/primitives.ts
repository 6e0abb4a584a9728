/** Values as nodes, by ComfyUI's names: one place to set what several nodes use. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'

const about = { version: 1, category: 'utils/primitive' } as const

/** The largest whole number that ComfyUI takes here, 2^63 − 1, as near as a double comes to it. */
const LARGEST = 2 ** 63

/** A whole number. */
export const primitiveInt: NodeDefinition = defineNode({
  ...about,
  type: 'PrimitiveInt',
  title: 'Int',
  description: 'A whole number for the settings it is linked to.',
  params: {
    value: param.int({
      min: -LARGEST,
      max: LARGEST,
      default: 0,
      controlAfterGenerate: true,
      description: 'The number. Exact up to 9007199254740991 on either side of 0.',
    }),
  },
  outputs: { int: port.int() },
  run({ params: { value } }) {
    if (!Number.isSafeInteger(value)) {
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `${value} is beyond what whole numbers hold exactly here (±9007199254740991); set a longer seed at the sampler itself`,
      )
    }
    return { int: value }
  },
})

/** A real number. */
export const primitiveFloat: NodeDefinition = defineNode({
  ...about,
  type: 'PrimitiveFloat',
  title: 'Float',
  description: 'A number for the settings it is linked to.',
  params: {
    value: param.float({ min: -LARGEST, max: LARGEST, default: 0, description: 'The number.' }),
  },
  outputs: { float: port.float() },
  run: ({ params }) => ({ float: params.value }),
})

/** A text of one line. */
export const primitiveString: NodeDefinition = defineNode({
  ...about,
  type: 'PrimitiveString',
  title: 'String',
  description: 'A text for the settings it is linked to.',
  params: { value: param.text({ default: '', description: 'The text.' }) },
  outputs: { string: port.string() },
  run: ({ params }) => ({ string: params.value }),
})

/** A text of several lines. */
export const primitiveStringMultiline: NodeDefinition = defineNode({
  ...about,
  type: 'PrimitiveStringMultiline',
  title: 'String (Multiline)',
  description: 'A text of several lines for the settings it is linked to.',
  params: { value: param.text({ default: '', multiline: true, description: 'The text.' }) },
  outputs: { string: port.string() },
  run: ({ params }) => ({ string: params.value }),
})

/** Yes or no. */
export const primitiveBoolean: NodeDefinition = defineNode({
  ...about,
  type: 'PrimitiveBoolean',
  title: 'Boolean',
  description: 'Yes or no for the settings it is linked to.',
  params: { value: param.boolean({ default: false, description: 'On or off.' }) },
  outputs: { boolean: port.boolean() },
  run: ({ params }) => ({ boolean: params.value }),
})
