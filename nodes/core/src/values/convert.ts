/** One kind of value as another. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { showValue } from './show-value.ts'

const about = { version: 1, category: 'utils/convert' } as const

/** A real number as a whole one. */
export const floatToInt: NodeDefinition = defineNode({
  ...about,
  type: 'FloatToInt',
  title: 'Float to Int',
  description: 'A real number as a whole one.',
  params: {
    value: param.float({ default: 0, description: 'The number.' }),
    mode: param.choice({
      options: ['nearest', 'down', 'up', 'toward zero'],
      description: 'nearest: halves go to the even neighbour, as in Python.',
    }),
  },
  outputs: { int: port.int() },
  run({ params: { value, mode } }) {
    const int = WHOLE[mode](value)
    if (!Number.isSafeInteger(int))
      throw new HostError('VALUE_OUT_OF_RANGE', `${value} is too large for an exact whole number`)
    return { int }
  },
})

const WHOLE = {
  nearest(value: number): number {
    const floor = Math.floor(value)
    const part = value - floor
    return part > 0.5 || (part === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
  },
  down: Math.floor,
  up: Math.ceil,
  'toward zero': Math.trunc,
} as const

/** A whole number as a real one. */
export const intToFloat: NodeDefinition = defineNode({
  ...about,
  type: 'IntToFloat',
  title: 'Int to Float',
  description: 'A whole number as a real one, for settings that take only those.',
  params: { value: param.int({ default: 0, description: 'The number.' }) },
  outputs: { float: port.float() },
  run: ({ params }) => ({ float: params.value }),
})

/** A text as a number. */
export const stringToNumber: NodeDefinition = defineNode({
  ...about,
  type: 'StringToNumber',
  title: 'String to Number',
  description: 'Reads a number, as real and as whole number (cut off towards zero).',
  params: { string: param.text({ default: '0', description: 'Digits with a point, perhaps an exponent.' }) },
  outputs: { float: port.float(), int: port.int() },
  run({ params: { string } }) {
    const text = string.trim()
    const float = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
    const int = Math.trunc(float)
    if (!Number.isSafeInteger(int))
      throw new HostError('WRONG_VALUE_TYPE', `"${text.slice(0, 60)}" is no number that can be used`)
    return { float, int }
  },
})

/** Anything as a text. */
export const anyToString: NodeDefinition = defineNode({
  ...about,
  type: 'AnyToString',
  title: 'Any to String',
  description: 'Any value as a text; what is no text or number by its shape.',
  inputs: { value: port.any({ description: 'The value.' }) },
  outputs: { string: port.string() },
  run: ({ inputs }) => ({ string: showValue(inputs.value) }),
})
