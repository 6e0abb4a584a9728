/** Whether a link fits: ComfyUI's rule for type strings (SPEC V-5). */
import { ANY_TYPE } from '@dicache/protocol'

/** `*` fits everything; otherwise the two comma-separated sets must share a type. */
export function typesMatch(received: string, expected: string): boolean {
  if (received === expected) return true
  const have = namesOf(received)
  const want = namesOf(expected)
  return have.includes(ANY_TYPE) || want.includes(ANY_TYPE) || have.some((name) => want.includes(name))
}

function namesOf(type: string): readonly string[] {
  return type.split(',').map((name) => name.trim())
}

/** The setting kind that a constant of this port type is converted like; undefined for types that have no constants. */
export function constantKind(type: string): 'int' | 'float' | 'text' | 'boolean' | undefined {
  switch (type) {
    case 'INT':
      return 'int'
    case 'FLOAT':
      return 'float'
    case 'STRING':
      return 'text'
    case 'BOOLEAN':
      return 'boolean'
    default:
      return undefined
  }
}
