/** Arithmetic on two numbers; division and remainder of whole numbers round down, as in Python. */
import { HostError } from '@dicache/sdk'

export const OPERATIONS = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'floor divide',
  'modulo',
  'power',
  'min',
  'max',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** @throws HostError VALUE_OUT_OF_RANGE for a division by 0 and for a result that is no finite number. */
export function calculate(operation: Operation, a: number, b: number): number {
  const result = compute(operation, a, b)
  if (!Number.isFinite(result))
    throw new HostError('VALUE_OUT_OF_RANGE', `${a} ${operation} ${b} has no finite result`)
  return result
}

function compute(operation: Operation, a: number, b: number): number {
  switch (operation) {
    case 'add':
      return a + b
    case 'subtract':
      return a - b
    case 'multiply':
      return a * b
    case 'divide':
      return b === 0 ? Number.NaN : a / b
    case 'floor divide':
      return b === 0 ? Number.NaN : Math.floor(a / b)
    case 'modulo':
      return b === 0 ? Number.NaN : ((a % b) + b) % b
    case 'power':
      return a ** b
    case 'min':
      return Math.min(a, b)
    case 'max':
      return Math.max(a, b)
  }
}
