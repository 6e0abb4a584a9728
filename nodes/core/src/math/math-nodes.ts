/** Numbers from numbers. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import { calculate, OPERATIONS } from './arithmetic.ts'

const about = { version: 1, category: 'utils/math' } as const

/** Whole numbers. */
export const mathInt: NodeDefinition = defineNode({
  ...about,
  type: 'MathInt',
  title: 'Math (Int)',
  description:
    'Calculates with whole numbers. divide cuts off towards zero; floor divide and modulo round down.',
  params: {
    a: param.int({ default: 0, description: 'First number.' }),
    b: param.int({ default: 0, description: 'Second number.' }),
    operation: param.choice({ options: OPERATIONS, description: 'What to do with them.' }),
  },
  outputs: { int: port.int() },
  run({ params: { a, b, operation } }) {
    const int = Math.trunc(calculate(operation, a, b)) + 0
    if (!Number.isSafeInteger(int))
      throw new HostError(
        'VALUE_OUT_OF_RANGE',
        `${a} ${operation} ${b} is too large for an exact whole number`,
      )
    return { int }
  },
})

/** Real numbers. */
export const mathFloat: NodeDefinition = defineNode({
  ...about,
  type: 'MathFloat',
  title: 'Math (Float)',
  description: 'Calculates with real numbers.',
  params: {
    a: param.float({ default: 0, description: 'First number.' }),
    b: param.float({ default: 0, description: 'Second number.' }),
    operation: param.choice({ options: OPERATIONS, description: 'What to do with them.' }),
  },
  outputs: { float: port.float() },
  run: ({ params: { a, b, operation } }) => ({ float: calculate(operation, a, b) }),
})

const COMPARISONS = ['equal', 'not equal', 'less', 'less or equal', 'greater', 'greater or equal'] as const

/** Two values compared. */
export const compareValues: NodeDefinition = defineNode({
  ...about,
  type: 'CompareValues',
  title: 'Compare',
  description: 'Compares two numbers, two texts (by their letters) or two booleans.',
  inputs: { a: port.any({ description: 'First value.' }), b: port.any({ description: 'Second value.' }) },
  params: { comparison: param.choice({ options: COMPARISONS, description: 'a is … b.' }) },
  outputs: { boolean: port.boolean() },
  run: ({ inputs: { a, b }, params: { comparison } }) => ({ boolean: compare(comparison, a, b) }),
})

function compare(comparison: (typeof COMPARISONS)[number], a: unknown, b: unknown): boolean {
  const [left, right] = [comparable(a), comparable(b)]
  if (typeof left !== typeof right && comparison !== 'equal' && comparison !== 'not equal')
    throw new HostError('WRONG_VALUE_TYPE', `a ${typeof a} and a ${typeof b} have no order`)
  switch (comparison) {
    case 'equal':
      return left === right
    case 'not equal':
      return left !== right
    case 'less':
      return left < right
    case 'less or equal':
      return left <= right
    case 'greater':
      return left > right
    case 'greater or equal':
      return left >= right
  }
}

/** A value that `<` orders as people expect. Whole numbers of both kinds are equal when they are the same number. */
function comparable(value: unknown): number | string {
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value === 'number' || typeof value === 'string') return value
  throw new HostError(
    'WRONG_VALUE_TYPE',
    `numbers, texts and booleans are compared; this is a ${typeof value}`,
  )
}

/** Two conditions as one. */
export const logic: NodeDefinition = defineNode({
  ...about,
  type: 'Logic',
  title: 'Logic',
  description: 'Makes one condition of two; "not a" looks at the first only.',
  params: {
    a: param.boolean({ default: false, description: 'First condition.' }),
    b: param.boolean({ default: false, description: 'Second condition.' }),
    operation: param.choice({
      options: ['and', 'or', 'xor', 'not a'],
      description: 'How they are combined.',
    }),
  },
  outputs: { boolean: port.boolean() },
  run({ params: { a, b, operation } }) {
    switch (operation) {
      case 'and':
        return { boolean: a && b }
      case 'or':
        return { boolean: a || b }
      case 'xor':
        return { boolean: a !== b }
      case 'not a':
        return { boolean: !a }
    }
  },
})
