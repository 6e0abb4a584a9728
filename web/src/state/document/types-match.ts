/** Whether a link fits, and what colour its type has: ComfyUI's rule for type strings. */
import { ANY_TYPE } from '@dicache/protocol'

/** `*` fits everything; otherwise the two comma-separated sets must share a type. */
export function typesMatch(given: string, wanted: string): boolean {
  if (given === wanted) return true
  const have = given.split(',').map((name) => name.trim())
  const want = wanted.split(',').map((name) => name.trim())
  return have.includes(ANY_TYPE) || want.includes(ANY_TYPE) || have.some((name) => want.includes(name))
}
